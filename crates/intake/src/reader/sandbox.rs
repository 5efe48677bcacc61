//! Work on hostile input apart: on a thread of its own, with a time limit; a panic there is an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Once, mpsc};
use std::time::Duration;

use crate::refusal::{Cause, Refusal};

/// Time that one file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Room for what recurses.
const STACK: usize = 32 * 1024 * 1024;
/// Threads that may be at work; those that ran out of time count until they end.
const MOST: usize = 4;
const NAME: &str = "reader";

static WORKING: AtomicUsize = AtomicUsize::new(0);

/// Counts a thread as long as it lives.
struct Place;

impl Place {
    fn take() -> Option<Place> {
        let taken = WORKING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| (now < MOST).then_some(now + 1));
        taken.ok().map(|_| Place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        WORKING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The result of the work, or why there is none.
pub(super) fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    run_within(PATIENCE, work)
}

fn run_within<T: Send + 'static>(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    hush();
    let busy = || Refusal::new(Cause::Unreadable, "正在读取的文件太多，这一个没有读取。请稍后再试。");
    let place = Place::take().ok_or_else(busy)?;
    let (send, receive) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name(NAME.to_owned()).stack_size(STACK);
    let started = thread.spawn(move || {
        let done = catch_unwind(AssertUnwindSafe(work));
        drop(place);
        // Whoever waited may have gone.
        let _ = send.send(done.ok());
    });
    started.map_err(|_| busy())?;
    match receive.recv_timeout(patience) {
        Ok(Some(done)) => Ok(done),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(Refusal::new(Cause::Damaged, "读取这个文件的时间太长，已经停止。请另存为docx或纯文本后再试。"))
        }
        _ => Err(Refusal::new(Cause::Damaged, "文件的结构有误，没有读取。请用制作它的程序打开核对后另存。")),
    }
}

/// A panic's message may quote what was read: that of our threads is told to nobody.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(NAME) {
                usual(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_or_does_not_end_is_a_refusal_and_the_rest_goes_on() {
        assert_eq!(run(|| 7), Ok(7));
        let broken = run(|| -> u8 { panic!("申某甲") });
        assert_eq!(broken.map_err(|refusal| refusal.cause), Err(Cause::Damaged));
        let (hold, held) = mpsc::channel::<()>();
        let endless = run_within(Duration::from_millis(1), move || held.recv().is_ok());
        assert!(endless.unwrap_err().sentence.contains("时间太长"));
        drop(hold);
        assert_eq!(run(|| 8), Ok(8));
    }
}
