"""Which files of a folder are recordings, told by name."""

# What libsndfile reads and names so; .mat and .raw are left out, since they mostly hold something else.
AUDIO_SUFFIXES = frozenset(
    ".wav .wave .flac .ogg .oga .opus .mp3 .mp2 .mp1 .aif .aiff .aifc .au .snd .caf .w64 .rf64 .nist .sph "
    ".voc .avr .htk .svx .8svx .iff .paf .fap .pvf .ircam .sf .sds .sd2 .mpc .wve .xi".split()
)
