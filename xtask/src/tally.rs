//! Counting passed, failed and skipped from what the test programs print.

/// Running totals over every step.
#[derive(Default)]
pub struct Tally {
    /// What the harnesses call passed: tests that left early, saying SKIPPED, are among them.
    ended_well: u64,
    said_skipped: u64,
    ignored: u64,
    failed: u64,
}

impl Tally {
    /// Takes in one line of `cargo test` or of node's spec reporter; other lines say nothing.
    pub fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.ended_well += number_before(result, " passed");
            self.failed += number_before(result, " failed");
            self.ignored += number_before(result, " ignored");
        } else if let Some(counted) = line.strip_prefix("ℹ ") {
            let (what, count) = counted.split_once(' ').unwrap_or_default();
            let count = count.parse().unwrap_or(0);
            match what {
                "pass" => self.ended_well += count,
                "fail" | "cancelled" => self.failed += count,
                "skipped" | "todo" => self.ignored += count,
                _ => {}
            }
        } else if line.starts_with("SKIPPED") {
            self.said_skipped += 1;
        }
    }

    /// Counts a step that is one check.
    pub fn step(&mut self, held: bool) {
        if held {
            self.ended_well += 1;
        } else {
            self.failed += 1;
        }
    }

    /// Everything counted so far.
    pub fn counted(&self) -> u64 {
        self.ended_well + self.failed + self.ignored
    }

    /// Tests and steps that held.
    pub fn passed(&self) -> u64 {
        self.ended_well.saturating_sub(self.said_skipped)
    }

    /// Tests and steps that did not hold.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// Tests that said why they did not run, and ignored ones.
    pub fn skipped(&self) -> u64 {
        self.said_skipped + self.ignored
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().unwrap_or_default();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn counts_cargo_node_and_skips() {
        let mut tally = Tally::default();
        for line in [
            "SKIPPED: ../shared is not here",
            "test result: FAILED. 41 passed; 2 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.00s",
            "test a::b ... ok",
            "ℹ tests 12",
            "ℹ pass 10",
            "ℹ fail 1",
            "ℹ skipped 1",
            "SKIPPED: again",
        ] {
            tally.read(line);
        }
        tally.step(true);
        tally.step(false);
        assert_eq!((tally.passed(), tally.failed(), tally.skipped()), (50, 4, 4));
    }
}
