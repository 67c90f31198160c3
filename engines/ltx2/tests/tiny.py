"""LTX-2 in small: checkpoints of the same architecture as LTX-2.3 with few and narrow layers and random weights, and a
text encoder and tokenizer likewise. Everything is made here; nothing is fetched."""

import json
from pathlib import Path

import torch
from ltx_core.model.audio_vae import AudioDecoderConfigurator, AudioEncoderConfigurator, VocoderConfigurator
from ltx_core.model.transformer import LTXModelConfigurator
from ltx_core.model.video_vae import VideoDecoderConfigurator, VideoEncoderConfigurator
from ltx_core.text_encoders.gemma import EmbeddingsProcessorConfigurator
from ltx_core.text_encoders.gemma.config import GEMMA3_CONFIG_FOR_LTX
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import Gemma3Config, Gemma3ForConditionalGeneration, PreTrainedTokenizerFast

TRANSFORMER = {
    "dropout": 0.0, "attention_bias": True, "num_vector_embeds": None, "activation_fn": "gelu-approximate",
    "num_embeds_ada_norm": 1000, "use_linear_projection": False, "only_cross_attention": False,
    "cross_attention_norm": True, "double_self_attention": False, "upcast_attention": False,
    "standardization_norm": "rms_norm", "norm_elementwise_affine": False, "qk_norm": "rms_norm",
    "positional_embedding_type": "rope", "use_audio_video_cross_attention": True, "share_ff": False,
    "av_cross_ada_norm": True, "use_middle_indices_grid": True,
    "num_layers": 2, "num_attention_heads": 4, "attention_head_dim": 32, "cross_attention_dim": 128,
    "audio_num_attention_heads": 4, "audio_attention_head_dim": 16, "audio_cross_attention_dim": 64,
    "rope_type": "split", "frequencies_precision": "float64", "apply_gated_attention": True, "cross_attention_adaln": True,
    # The text's projection stands before the connectors, as in LTX-2.3.
    "caption_proj_before_connector": True, "caption_projection_first_linear": False, "caption_proj_input_norm": False,
    "caption_projection_second_linear": False,
    "connector_num_layers": 1, "connector_num_attention_heads": 4, "connector_attention_head_dim": 32,
    "audio_connector_num_layers": 1, "audio_connector_num_attention_heads": 4, "audio_connector_attention_head_dim": 16,
    "connector_apply_gated_attention": True,
}
VAE = {
    "latent_channels": 128, "patch_size": 4, "norm_layer": "pixel_norm", "latent_log_var": "uniform",
    "encoder_blocks": [["compress_space_res", {"multiplier": 1}], ["compress_time_res", {"multiplier": 1}],
                       ["compress_all_res", {"multiplier": 1}], ["compress_all_res", {"multiplier": 1}]],
    "decoder_blocks": [["compress_space", {"multiplier": 1}], ["compress_time", {"multiplier": 1}],
                       ["compress_all", {"multiplier": 2, "residual": True}], ["compress_all", {"multiplier": 2, "residual": True}]],
    "decoder_base_channels": 8, "timestep_conditioning": False, "causal_decoder": False,
}
AUDIO_VAE = {
    "model": {"params": {"sampling_rate": 16000, "ddconfig": {
        "ch": 128, "ch_mult": [1, 1, 1], "num_res_blocks": 1, "attn_resolutions": [], "resolution": 256, "z_channels": 8,
        "double_z": True, "norm_type": "pixel", "causality_axis": "height", "mid_block_add_attention": False,
        "mel_bins": 64, "in_channels": 2, "out_ch": 2}}},
    "preprocessing": {"stft": {"hop_length": 160, "filter_length": 1024, "causal": True}},
}
AMP = {"resblock": "AMP1", "stereo": True, "activation": "snakebeta", "resblock_kernel_sizes": [3], "resblock_dilation_sizes": [[1, 1, 1]]}
VOCODER = {
    "vocoder": {**AMP, "upsample_rates": [5, 4, 4, 2], "upsample_kernel_sizes": [11, 8, 8, 4], "upsample_initial_channel": 32},
    "bwe": {**AMP, "upsample_rates": [5, 4, 3, 4], "upsample_kernel_sizes": [11, 8, 7, 8], "upsample_initial_channel": 32,
            "input_sampling_rate": 16000, "output_sampling_rate": 48000, "n_fft": 512, "hop_length": 80, "num_mels": 64},
}
CONFIG = {"transformer": TRANSFORMER, "vae": VAE, "audio_vae": AUDIO_VAE, "vocoder": VOCODER}

# What ltx_core calls the parts of a checkpoint, and how the modules' own names go into it.
PARTS = [
    (LTXModelConfigurator, [("", "model.diffusion_model.")]),
    (VideoEncoderConfigurator, [("per_channel_statistics.", "vae.per_channel_statistics."), ("", "vae.encoder.")]),
    (VideoDecoderConfigurator, [("per_channel_statistics.", "vae.per_channel_statistics."), ("", "vae.decoder.")]),
    (AudioEncoderConfigurator, [("per_channel_statistics.", "audio_vae.per_channel_statistics."), ("", "audio_vae.encoder.")]),
    (AudioDecoderConfigurator, [("per_channel_statistics.", "audio_vae.per_channel_statistics."), ("", "audio_vae.decoder.")]),
    (VocoderConfigurator, [("", "vocoder.")]),
    (EmbeddingsProcessorConfigurator, [("feature_extractor.", "text_embedding_projection."),
                                       ("video_connector.", "model.diffusion_model.video_embeddings_connector."),
                                       ("audio_connector.", "model.diffusion_model.audio_embeddings_connector.")]),
]


def shrink() -> None:
    """Makes the text encoder that ltx_core builds small, in this process."""
    text, vision = GEMMA3_CONFIG_FOR_LTX.text_config, GEMMA3_CONFIG_FOR_LTX.vision_config
    text.hidden_size, text.intermediate_size, text.num_hidden_layers = 64, 128, 6
    text.num_attention_heads, text.num_key_value_heads, text.head_dim, text.query_pre_attn_scalar = 2, 1, 32, 32
    text.vocab_size = 512
    vision.hidden_size, vision.intermediate_size, vision.num_hidden_layers, vision.num_attention_heads = 32, 64, 1, 2
    vision.image_size, vision.patch_size = 28, 14
    GEMMA3_CONFIG_FOR_LTX.mm_tokens_per_image = 4
    GEMMA3_CONFIG_FOR_LTX.boi_token_index, GEMMA3_CONFIG_FOR_LTX.eoi_token_index, GEMMA3_CONFIG_FOR_LTX.image_token_index = 5, 6, 4


def make(folder: Path, name: str = "ltx-tiny-distilled.safetensors") -> tuple[Path, Path]:
    """Writes a checkpoint and a text encoder's folder, and returns both."""
    shrink()
    torch.manual_seed(7)
    gemma = folder / "gemma"
    gemma.mkdir(parents=True)
    _gemma(gemma)
    weights = {}
    for configurator, names in PARTS:
        for key, value in _filled(configurator.from_config(CONFIG)).items():
            old, new = next((o, n) for o, n in names if key.startswith(o))
            weights[new + key.removeprefix(old)] = value.to(torch.bfloat16).contiguous().clone()
    checkpoint = folder / name
    save_file(weights, str(checkpoint), {"config": json.dumps(CONFIG), "model_version": "2.3.0"})
    return checkpoint, gemma


def _filled(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    state = module.to_empty(device="cpu").state_dict() if any(p.is_meta for p in module.parameters()) else module.state_dict()
    for key, value in state.items():
        if key.endswith("std-of-means"):
            value.fill_(1)
        elif key.endswith("mean-of-means"):
            value.zero_()
        elif not value.isfinite().all() or "table" in key or value.abs().max() > 100:
            value.normal_(0, 0.02)
    return state


def _gemma(folder: Path) -> None:
    model = Gemma3ForConditionalGeneration(Gemma3Config.from_dict(GEMMA3_CONFIG_FOR_LTX.to_dict()))
    names = [("model.language_model.", "language_model.model."), ("model.", ""), ("lm_head.", None)]
    weights = {}
    for key, value in model.state_dict().items():
        old, new = next((o, n) for o, n in names if key.startswith(o))
        if new is not None:
            weights[new + key.removeprefix(old)] = value.to(torch.bfloat16).contiguous().clone()
    save_file(weights, str(folder / "model-00001-of-00001.safetensors"))
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<image_soft_token>", "<start_of_image>", "<end_of_image>"]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.train_from_iterator(["heavy snow falls on the hill while rain comes down"] * 4, trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>", unk_token="<unk>",
        extra_special_tokens={"image_token": "<image_soft_token>", "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>"},
        chat_template="{% for m in messages %}{{ m['content'] }} {% endfor %}",
    )
    fast.save_pretrained(str(folder))
    (folder / "tokenizer.model").write_bytes(b"")  # ltx_core looks for the folder by it; tokenizer.json is read
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "Gemma3ImageProcessor", "size": {"height": 28, "width": 28}, "image_seq_length": 4}))
