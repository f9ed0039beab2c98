//! Threads that stay between pictures: to start one for each picture and to wake its core takes a tenth of what a 1080p
//! picture takes on two.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Thread};
use std::time::{Duration, Instant};

/// How long a thread looks for work, or for the end of others' work, before it sleeps: about what waking it costs.
const PATIENCE: Duration = Duration::from_micros(100);

static CREW: Crew = Crew::new();

/// Runs `work` on this thread and on up to `others` more at the same time, and returns when no call of it is left.
///
/// `work` has to share out what there is to do by itself: others may come late or not at all.
///
/// # Panics
/// When a call of `work` does, after the others have ended.
pub(super) fn together(others: usize, work: &(dyn Fn() + Sync)) {
    if others == 0 {
        return work();
    }
    let job = Arc::new(Job::new(work));
    CREW.post(&job, others);
    let own = catch_unwind(AssertUnwindSafe(work));
    CREW.withdraw(&job);
    job.wait();
    let others = job.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(panic) = own.err().or(others) {
        resume_unwind(panic);
    }
}

/// What the threads are to do.
struct Job {
    work: *const (dyn Fn() + Sync),
    /// Calls of `work` by others that have begun and not ended.
    running: AtomicUsize,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    owner: Thread,
}

// SAFETY: `work` may be called from any thread, and is only while `together`, which borrows it, waits.
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    fn new(work: &(dyn Fn() + Sync)) -> Self {
        // SAFETY: only the lifetime changes; see `run`.
        let work = unsafe { std::mem::transmute::<&(dyn Fn() + Sync), &'static (dyn Fn() + Sync)>(work) };
        Self { work, running: AtomicUsize::new(0), panic: Mutex::new(None), owner: std::thread::current() }
    }

    /// For a thread that took the job from the board.
    fn run(&self) {
        // SAFETY: `running` was raised when the job was taken, so its owner waits in `together` until it falls below.
        let work = unsafe { &*self.work };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
            *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
        }
        if self.running.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.owner.unpark();
        }
    }

    /// Until no other thread runs it, when none can take it any more.
    fn wait(&self) {
        let ended = || self.running.load(Ordering::Acquire) == 0;
        if !patiently(ended) {
            while !ended() {
                std::thread::park();
            }
        }
    }
}

/// The threads, and what they are asked for.
struct Crew {
    board: Mutex<Board>,
    /// Jobs on the board, for those that look without the lock.
    posted: AtomicUsize,
    called: Condvar,
}

struct Board {
    /// A job as often as it wants another thread.
    jobs: Vec<Arc<Job>>,
    threads: usize,
    asleep: usize,
}

impl Crew {
    const fn new() -> Self {
        let board = Mutex::new(Board { jobs: Vec::new(), threads: 0, asleep: 0 });
        Self { board, posted: AtomicUsize::new(0), called: Condvar::new() }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn post(&'static self, job: &Arc<Job>, others: usize) {
        let mut board = self.board();
        while board.threads < others {
            // Without it the others do its part.
            if Builder::new().name("lut".into()).spawn(|| self.serve()).is_err() {
                break;
            }
            board.threads += 1;
        }
        board.jobs.extend(std::iter::repeat_n(job, others).cloned());
        self.posted.store(board.jobs.len(), Ordering::Release);
        let asleep = board.asleep;
        drop(board);
        (0..others.min(asleep)).for_each(|_| self.called.notify_one());
    }

    fn withdraw(&self, job: &Arc<Job>) {
        let mut board = self.board();
        board.jobs.retain(|other| !Arc::ptr_eq(job, other));
        self.posted.store(board.jobs.len(), Ordering::Release);
    }

    /// What a thread of the crew does for ever.
    fn serve(&self) {
        loop {
            self.take().run();
        }
    }

    fn take(&self) -> Arc<Job> {
        patiently(|| self.posted.load(Ordering::Acquire) > 0);
        let mut board = self.board();
        loop {
            if let Some(job) = board.jobs.pop() {
                self.posted.store(board.jobs.len(), Ordering::Release);
                job.running.fetch_add(1, Ordering::AcqRel);
                return job;
            }
            board.asleep += 1;
            board = self.called.wait(board).unwrap_or_else(PoisonError::into_inner);
            board.asleep -= 1;
        }
    }
}

/// Whether `done` came within [`PATIENCE`].
fn patiently(done: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::sync::atomic::AtomicBool;

    use super::*;

    #[test]
    fn each_part_is_done_once_whoever_comes_and_however_many_ask() {
        let ask = || {
            for others in [0, 1, 3, 7].repeat(20) {
                let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
                together(others, &|| {
                    while let part @ 0..50 = next.fetch_add(1, Ordering::Relaxed) {
                        done.lock().unwrap().push(part);
                    }
                });
                let mut done = done.into_inner().unwrap();
                done.sort_unstable();
                assert_eq!(done, (0..50).collect::<Vec<_>>());
            }
        };
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(ask))));
    }

    #[test]
    fn a_panic_of_another_reaches_the_one_who_asked() {
        let (owner, came) = (std::thread::current().id(), AtomicBool::new(false));
        let work = || {
            if std::thread::current().id() != owner {
                came.store(true, Ordering::Release);
                panic!("as it should");
            }
            while !came.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
        };
        let result = catch_unwind(AssertUnwindSafe(|| together(1, &work)));
        assert_eq!(result.unwrap_err().downcast_ref(), Some(&"as it should"));
        // And the crew is still there.
        together(1, &|| ());
    }
}
