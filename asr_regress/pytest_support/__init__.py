"""What `asr_regress.plugin` is made of. This folder and the plugin are the only ones that know pytest."""

GATE_MARKER = "asr_gate"
