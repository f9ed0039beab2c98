//! A program's sound. Packets leave one by one when they are due, on a thread that no picture can hold up: a browser's
//! buffer grows with every packet that comes late, and the pictures wait for the sound.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::AudioUnit;
use crate::rendition::Rendition;
use crate::source::{Opening, SourceAudio};

/// No packet is held longer: one that claims to be due later comes from a clock that was set anew.
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// Handle to a program's sound; the thread ends with the last clone.
#[derive(Clone)]
pub(crate) struct Sound {
    packets: Sender<(Opening, SourceAudio)>,
    audience: Arc<Mutex<Audience>>,
}

/// Who hears what.
#[derive(Default)]
pub(crate) struct Audience {
    /// Packets of another opening are of a source that was replaced.
    pub opening: Opening,
    /// Sound is heard while there is a picture.
    pub live: bool,
    /// The listeners.
    pub renditions: Vec<Rendition>,
}

impl Sound {
    /// Starts the thread; times of packets count from `epoch`.
    pub fn start(epoch: Instant) -> std::io::Result<Self> {
        let (packets, receiver) = channel();
        let audience = Arc::<Mutex<Audience>>::default();
        let listeners = Arc::clone(&audience);
        std::thread::Builder::new().name("sound".to_owned()).spawn(move || run(&receiver, &listeners, epoch))?;
        Ok(Self { packets, audience })
    }

    /// One that nobody hears.
    pub fn silent() -> Self {
        Self { packets: channel().0, audience: Arc::default() }
    }

    /// Takes a packet without waiting.
    pub fn offer(&self, opening: Opening, packet: SourceAudio) {
        // Without a thread nobody listens.
        let _ = self.packets.send((opening, packet));
    }

    /// Who hears what, to change it.
    pub fn audience(&self) -> MutexGuard<'_, Audience> {
        lock(&self.audience)
    }
}

fn run(packets: &Receiver<(Opening, SourceAudio)>, audience: &Mutex<Audience>, epoch: Instant) {
    while let Ok((opening, packet)) = packets.recv() {
        std::thread::sleep(packet.presented_at.saturating_duration_since(Instant::now()).min(LONGEST_WAIT));
        let audience = lock(audience);
        if opening != audience.opening || !audience.live {
            continue;
        }
        let (presented_at, pts) = (packet.presented_at, packet.presented_at.saturating_duration_since(epoch));
        for rendition in &audience.renditions {
            rendition.offer_audio(AudioUnit { data: packet.data.clone(), pts, presented_at });
        }
    }
}

fn lock(audience: &Mutex<Audience>) -> MutexGuard<'_, Audience> {
    audience.lock().unwrap_or_else(PoisonError::into_inner)
}
