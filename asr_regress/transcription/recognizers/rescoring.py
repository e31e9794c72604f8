"""The highest logits of a bf16 model once more, in float32.

bf16 has 8 significant bits: between 16 and 32, where the logits of likely tokens lie, two of them are 0.125 apart or
equal, and of equal ones the token with the lowest number is taken. The products that they are sums of are exact enough.
So the model's own logits only say which tokens are worth a second look; those few are computed again from the same
state, which takes no time beside the product over the whole vocabulary. What that changes is in docs/performance.md.
"""

from typing import Any

import torch

NAME = "rescored"
"""What settings and reports call it."""

_HIGHEST = 16
"""Tokens, at least: of these, some may be ones that decoding suppresses."""


def rescore(model: Any, num_beams: int) -> None:
    """From now on, the highest logits of every position are float32's.

    Args:
        model: Of transformers, with a plain linear layer as its head.
        num_beams: Of the search, which takes the best two for each.
    """
    head = model.get_output_embeddings()
    count = min(max(_HIGHEST, 4 * num_beams), head.out_features)

    def again(head: torch.nn.Linear, inputs: tuple[torch.Tensor, ...], logits: torch.Tensor) -> torch.Tensor:
        highest = logits.topk(count, dim=-1).indices
        rows = head.weight[highest].float()  # (batch, positions, count, width)
        exact = (rows @ inputs[0].float().unsqueeze(-1)).squeeze(-1)
        if head.bias is not None:
            exact = exact + head.bias[highest].float()
        return logits.float().scatter(-1, highest, exact)

    head.register_forward_hook(again)
