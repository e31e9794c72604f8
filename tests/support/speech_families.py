"""Tiny checkpoints of random weights, of other families than Whisper: for plumbing, never for claims about accuracy."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

LETTERS = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAOINSHRDLU"]
SAMPLE_RATE = 16_000


def sound(seconds: float, hertz: float, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A wavering tone with some noise: what a random model says of it depends on both."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wavering = 0.3 * np.sin(2 * np.pi * hertz * time * (1 + 0.3 * np.sin(6 * np.pi * time)))
    noise = np.random.default_rng(seed).standard_normal(len(time))
    return (wavering + 0.05 * noise).astype(np.float32)


def save_ctc(folder: Path, family: str, *, masks: bool = False, seed: int = 0) -> Path:
    """A wav2vec2, HuBERT or WavLM: of the base kind, or (`masks`) of the large one that takes an attention mask."""
    import torch
    import transformers

    save_letters(folder, LETTERS)
    transformers.Wav2Vec2FeatureExtractor(return_attention_mask=masks, do_normalize=True).save_pretrained(folder)
    name = {"wav2vec2": "Wav2Vec2", "hubert": "Hubert", "wavlm": "WavLM"}[family]
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(LETTERS), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        conv_dim=[16] * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, pad_token_id=0,
        initializer_range=0.5, feat_extract_norm="layer" if masks else "group", do_stable_layer_norm=masks,
    )  # fmt: skip
    torch.manual_seed(seed)
    getattr(transformers, f"{name}ForCTC")(config).eval().save_pretrained(folder)
    return folder


def save_letters(folder: Path, letters: Sequence[str]) -> None:
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(json.dumps({letter: number for number, letter in enumerate(letters)}), encoding="utf-8")
    transformers.Wav2Vec2CTCTokenizer(str(vocabulary)).save_pretrained(folder)


def save_parakeet(folder: Path) -> Path:
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    transformers.ParakeetTokenizer(tokenizer_object=word_pieces(), pad_token="<pad>").save_pretrained(folder)
    transformers.ParakeetFeatureExtractor(feature_size=80).save_pretrained(folder)
    torch.manual_seed(0)
    encoder = {
        "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64,
        "subsampling_conv_channels": 16, "initializer_range": 0.5,
    }  # fmt: skip
    config = transformers.ParakeetCTCConfig(vocab_size=len(LETTERS), pad_token_id=0, encoder_config=encoder)
    transformers.ParakeetForCTC(config).eval().save_pretrained(folder)
    return folder


def save_moonshine(folder: Path) -> Path:
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=word_pieces(), bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>"
    )
    tokenizer.save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True, do_normalize=False).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.MoonshineConfig(
        vocab_size=len(LETTERS), hidden_size=32, intermediate_size=64, encoder_num_hidden_layers=1,
        decoder_num_hidden_layers=1, encoder_num_attention_heads=2, decoder_num_attention_heads=2,
        initializer_range=0.5, pad_token_id=0,
    )  # fmt: skip
    transformers.MoonshineForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


def save_speech_to_text(folder: Path) -> Path:
    import sentencepiece
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    pieces = folder / "sentencepiece.bpe"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["the rain in the north", "one other train", "shine on the road"] * 20),
        model_prefix=str(pieces), vocab_size=30, model_type="bpe", minloglevel=2,
    )  # fmt: skip
    model = sentencepiece.SentencePieceProcessor(model_file=f"{pieces}.model")
    known = ["<s>", "<pad>", "</s>", "<unk>"]
    known += [piece for n in range(model.get_piece_size()) if (piece := model.id_to_piece(n)) not in known]
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(json.dumps({piece: number for number, piece in enumerate(known)}), encoding="utf-8")
    transformers.Speech2TextTokenizer(str(vocabulary), f"{pieces}.model").save_pretrained(folder)
    transformers.Speech2TextFeatureExtractor().save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.Speech2TextConfig(
        vocab_size=len(known), encoder_layers=1, decoder_layers=1, encoder_ffn_dim=64, decoder_ffn_dim=64, d_model=32,
        encoder_attention_heads=2, decoder_attention_heads=2, conv_channels=32, init_std=0.5, max_target_positions=60,
    )  # fmt: skip
    transformers.Speech2TextForConditionalGeneration(config).eval().save_pretrained(folder)
    return folder


def save_seamless(folder: Path) -> Path:
    import torch
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    pieces = ["<pad>", "<unk>", "<s>", "</s>", "▁", *"ETAOINSHRDLU", "__eng__", "__kor__"]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    transformers.SeamlessM4TTokenizer(vocab=vocabulary, merges=[], src_lang="eng", tgt_lang="eng").save_pretrained(
        folder
    )
    transformers.SeamlessM4TFeatureExtractor().save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.SeamlessM4Tv2Config(
        vocab_size=len(pieces), hidden_size=32, encoder_layers=1, decoder_layers=1, encoder_ffn_dim=32,
        decoder_ffn_dim=32, encoder_attention_heads=2, decoder_attention_heads=2, speech_encoder_layers=1,
        speech_encoder_attention_heads=2, speech_encoder_intermediate_size=32, initializer_range=0.5,
        max_new_tokens=20,
    )  # fmt: skip
    model = transformers.SeamlessM4Tv2ForSpeechToText(config).eval()
    codes = {"eng": vocabulary["__eng__"], "kor": vocabulary["__kor__"]}
    model.generation_config = transformers.GenerationConfig(
        bos_token_id=2, eos_token_id=3, pad_token_id=0, decoder_start_token_id=3, text_decoder_lang_to_code_id=codes
    )
    model.save_pretrained(folder)
    return folder


def word_pieces() -> Any:
    """A tokenizer of letters."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    vocabulary = {letter: number for number, letter in enumerate(LETTERS)}
    tokenizer = Tokenizer(models.WordLevel(vocab=vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("|", " "), decoders.Fuse()])
    return tokenizer


def save_ctranslate2(checkpoint: Path, folder: Path, *, quantization: str | None = None) -> Path:
    """A Whisper checkpoint in CTranslate2's format."""
    from ctranslate2.converters import TransformersConverter

    copied = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(str(checkpoint), copy_files=copied).convert(str(folder), quantization=quantization)
    return folder


def save_adapter(base: Path, folder: Path, *, named: str | None = None, seed: int = 0) -> Path:
    """A LoRA adapter of random weights for a Whisper checkpoint."""
    import peft
    import torch
    from transformers import WhisperForConditionalGeneration

    torch.manual_seed(seed)
    model = WhisperForConditionalGeneration.from_pretrained(base)
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "fc1"], init_lora_weights=False)
    adapted = peft.get_peft_model(model, config)
    with torch.no_grad():
        for name, weights in adapted.named_parameters():
            if "lora_" in name:
                weights.normal_(std=0.3)
    adapted.peft_config["default"].base_model_name_or_path = named
    adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder
