//! Sound: any audio to 48 kHz stereo Opus in packets of 20 ms, once per program.

/// Launch fragment from raw audio to Opus packets.
pub(crate) const OPUS_ENCODER: &str = "audioconvert ! audioresample ! \
    audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2 ! \
    opusenc bitrate=128000 frame-size=20 audio-type=generic";
