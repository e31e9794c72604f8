"""Attention in bf16 on a CPU, as plain matrix products.

torch's fused attention multiplies bf16 in small blocks there, which oneDNN's kernels do not take: beside products over
whole heads it takes 2.5 times as long for Whisper's encoder (1,500 frames) and six times for one query of its decoder
(torch 2.13, AVX-512 BF16; docs/performance.md). Head by head, a row at a time, so that the weights (4.5 MB) stay in the
cache between product and softmax.
"""

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

NAME = "matmul"
"""What transformers, settings and reports call it."""

_LONG = 256
"""Queries: from here on, heads are worth a product of their own."""


def register() -> None:
    """Make it known to transformers as `NAME`."""
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, eager_mask)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Softmax of scaled products (Vaswani et al. 2017, equation 1), as transformers asks for it.

    Args:
        module: Whose attention it is.
        query: Shape (rows, heads, queries, width).
        key: Shape (rows, heads, keys, width).
        value: Shape (rows, heads, keys, width).
        attention_mask: What is added to the products, shape (rows or 1, 1, queries, keys or more).
        scaling: Factor; None is one over the root of the width.

    Returns:
        Shape (rows, queries, heads, width), and no weights.
    """
    factor = query.shape[-1] ** -0.5 if scaling is None else scaling
    if factor != 1.0:
        query = query * factor
    if attention_mask is None and query.shape[2] >= _LONG:
        return _head_by_head(query, key, value), None
    products = query @ key.transpose(2, 3)
    if attention_mask is not None:
        products = products + attention_mask[..., : key.shape[2]]
    return (torch.softmax(products, dim=-1) @ value).transpose(1, 2).contiguous(), None


def _head_by_head(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    rows, heads, queries, width = query.shape
    attended = query.new_empty((rows, queries, heads, width))
    for row in range(rows):
        for head in range(heads):
            weights = torch.softmax(query[row, head] @ key[row, head].t(), dim=-1)
            attended[row, :, head] = weights @ value[row, head]
    return attended
