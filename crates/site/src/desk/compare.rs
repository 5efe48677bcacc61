//! What changed between two texts: lines side by side, the changed characters marked. Chinese text has
//! no blanks between words, so the mark stands at characters.

use askama::Template;

/// A piece of a line; marked where it differs from the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// They stand on this side only.
    pub marked: bool,
}

/// Two lines beside each other; a side is empty where the other has no like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// Before.
    pub old: Vec<Span>,
    /// Now.
    pub new: Vec<Span>,
    /// Lines passed over here because nothing changed in them; the sides are empty then.
    pub same: usize,
}

/// A comparison as it is shown.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/parts/compare.html")]
pub struct Compare {
    /// Heading of the left side.
    pub before: String,
    /// Heading of the right side.
    pub now: String,
    /// The lines.
    pub pairs: Vec<Pair>,
}
impl askama::filters::HtmlSafe for Compare {}

/// One line of a comparison, by the places in both texts.
#[derive(Clone, Copy)]
enum Move {
    Same(usize),
    Old(usize),
    New(usize),
}

/// Cells of the table that are filled at most; a text beyond is told as replaced as a whole.
const CELLS_MAX: usize = 4_000_000;

/// The shortest way from one sequence to the other, by their longest common subsequence.
fn moves<T: PartialEq>(old: &[T], new: &[T]) -> Vec<Move> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (left, right) = (&old[head..], &new[head..]);
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    let mut all: Vec<Move> = (0..head).map(Move::Same).collect();
    let width = right.len() + 1;
    if left.len().saturating_mul(right.len()) > CELLS_MAX {
        all.extend((0..left.len()).map(|i| Move::Old(head + i)));
        all.extend((0..right.len()).map(|j| Move::New(head + j)));
    } else {
        let mut common = vec![0_u32; (left.len() + 1) * width];
        for (i, a) in left.iter().enumerate().rev() {
            for (j, b) in right.iter().enumerate().rev() {
                let (down, across) = (common[(i + 1) * width + j], common[i * width + j + 1]);
                common[i * width + j] = if a == b { common[(i + 1) * width + j + 1] + 1 } else { down.max(across) };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < left.len() || j < right.len() {
            if i < left.len() && j < right.len() && left[i] == right[j] {
                all.push(Move::Same(head + i));
                (i, j) = (i + 1, j + 1);
            } else if j == right.len() || (i < left.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
                all.push(Move::Old(head + i));
                i += 1;
            } else {
                all.push(Move::New(head + j));
                j += 1;
            }
        }
    }
    all.extend((old.len() - tail..old.len()).map(Move::Same));
    all
}

/// Unchanged lines shown before and after a change.
const AROUND: usize = 1;

/// The lines of two texts beside each other, long runs without change passed over. Empty if nothing
/// changed.
pub fn compare(old: &str, new: &str) -> Vec<Pair> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut pairs, mut run, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for step in moves(&old, &new) {
        match step {
            Move::Same(i) => {
                changed(&mut pairs, &mut gone, &mut come);
                run.push(old[i]);
            }
            Move::Old(i) => {
                unchanged(&mut pairs, &mut run, false);
                gone.push(old[i]);
            }
            Move::New(j) => {
                unchanged(&mut pairs, &mut run, false);
                come.push(new[j]);
            }
        }
    }
    changed(&mut pairs, &mut gone, &mut come);
    if pairs.is_empty() {
        return pairs;
    }
    unchanged(&mut pairs, &mut run, true);
    pairs
}

/// Clauses that are at least so much alike stand beside each other.
const ALIKE: f64 = 0.45;
/// Pairs of clauses that are weighed at most.
const WEIGHED_MAX: usize = 40_000;

/// The clauses of two texts beside each other, each with the one that it became: those most alike, in
/// their order. What has no like stands alone. For texts that were written anew; empty if nothing changed.
pub fn beside(old: &str, new: &str) -> Vec<Pair> {
    let (left, right): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old == new || left.len().saturating_mul(right.len()) > WEIGHED_MAX {
        return compare(old, new);
    }
    let width = right.len() + 1;
    let like = |a: &str, b: &str| if a == b { 1.0 } else { text::similar::score(bare(a), bare(b)) };
    let alike: Vec<f64> = left.iter().flat_map(|a| right.iter().map(move |b| like(a, b))).collect();
    let mut best = vec![0.0_f64; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            let likeness = alike[i * right.len() + j];
            let both = if likeness < ALIKE { 0.0 } else { likeness + best[(i + 1) * width + j + 1] };
            best[i * width + j] = both.max(best[(i + 1) * width + j]).max(best[i * width + j + 1]);
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < left.len() || j < right.len() {
        // The better of what may follow; where both are as good, a clause that went stands first.
        let gone = if i < left.len() { best[(i + 1) * width + j] } else { -1.0 };
        let come = if j < right.len() { best[i * width + j + 1] } else { -1.0 };
        if best[i * width + j] > gone.max(come) {
            let (old, new) = spans(left[i], right[j]);
            pairs.push(Pair { old, new, same: 0 });
            (i, j) = (i + 1, j + 1);
        } else if gone >= come {
            pairs.push(Pair { old: whole(left.get(i)), ..Pair::default() });
            i += 1;
        } else {
            pairs.push(Pair { new: whole(right.get(j)), ..Pair::default() });
            j += 1;
        }
    }
    pairs
}

/// A clause without its number: 第六条 and 第七条 are no less alike for that.
fn bare(clause: &str) -> &str {
    clause.strip_prefix('第').and_then(|rest| rest.split_once('条')).map_or(clause, |(_, words)| words.trim_start())
}

fn unchanged(pairs: &mut Vec<Pair>, run: &mut Vec<&str>, last: bool) {
    let before = if pairs.is_empty() { 0 } else { AROUND };
    let after = if last { 0 } else { AROUND };
    let (head, tail) = (before.min(run.len()), run.len().saturating_sub(after).max(before.min(run.len())));
    for line in &run[..head] {
        pairs.push(plain(line));
    }
    if tail > head {
        pairs.push(Pair { same: tail - head, ..Pair::default() });
    }
    for line in &run[tail..] {
        pairs.push(plain(line));
    }
    run.clear();
}

fn plain(line: &str) -> Pair {
    let span = vec![Span { text: line.to_owned(), marked: false }];
    Pair { old: span.clone(), new: span, same: 0 }
}

/// Lines that went and lines that came, beside each other in their order.
fn changed(pairs: &mut Vec<Pair>, gone: &mut Vec<&str>, come: &mut Vec<&str>) {
    for at in 0..gone.len().max(come.len()) {
        let pair = match (gone.get(at), come.get(at)) {
            (Some(old), Some(new)) => spans(old, new),
            (old, new) => (whole(old), whole(new)),
        };
        pairs.push(Pair { old: pair.0, new: pair.1, same: 0 });
    }
    gone.clear();
    come.clear();
}

fn whole(line: Option<&&str>) -> Vec<Span> {
    line.map(|line| vec![Span { text: (*line).to_owned(), marked: true }]).unwrap_or_default()
}

/// Two lines with their differences marked.
fn spans(old: &str, new: &str) -> (Vec<Span>, Vec<Span>) {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for step in moves(&old, &new) {
        match step {
            Move::Same(i) => {
                add(&mut left, old[i], false);
                add(&mut right, old[i], false);
            }
            Move::Old(i) => add(&mut left, old[i], true),
            Move::New(j) => add(&mut right, new[j], true),
        }
    }
    (left, right)
}

fn add(spans: &mut Vec<Span>, c: char, marked: bool) {
    match spans.last_mut() {
        Some(last) if last.marked == marked => last.text.push(c),
        _ => spans.push(Span { text: c.into(), marked }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(spans: &[Span]) -> String {
        spans.iter().filter(|span| span.marked).map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn only_what_changed_is_marked_and_long_runs_are_passed_over() {
        let old = "甲\n乙\n丙\n自2026年1月1日起施行。\n丁\n戊\n己";
        let new = "甲\n乙\n丙\n自2026年3月1日起施行。\n丁\n戊\n己\n附则";
        let pairs = compare(old, new);
        assert_eq!(pairs.iter().map(|pair| pair.same).collect::<Vec<_>>(), [2, 0, 0, 0, 1, 0, 0]);
        assert_eq!((marked(&pairs[2].old).as_str(), marked(&pairs[2].new).as_str()), ("1", "3"));
        assert!(pairs[6].old.is_empty() && marked(&pairs[6].new) == "附则");
    }

    #[test]
    fn a_clause_stands_beside_the_one_that_it_became() {
        let old = "第一条　为做好补助工作，制定本办法。\n第二条　助餐点按就餐人次申领补助，每人次2元。";
        let new = "第一条　为规范服务，做好补助工作，制定本办法。\n第二条　区政府每年公布菜单。\n第三条　助餐点按就餐人次申领补助，每人次3元。";
        let pairs = beside(old, new);
        assert_eq!(pairs.len(), 3, "{pairs:?}");
        assert!(pairs[1].old.is_empty() && marked(&pairs[1].new).contains("公布菜单"));
        assert_eq!((marked(&pairs[2].old).as_str(), marked(&pairs[2].new).as_str()), ("二2", "三3"));
        assert!(beside(old, old).is_empty());
    }

    #[test]
    fn nothing_changed_nothing_shown_and_each_side_can_be_read_back() {
        assert!(compare("甲\n乙", "甲\n乙").is_empty() && compare("", "").is_empty());
        let words = |side: &dyn Fn(&Pair) -> Vec<Span>, pairs: &[Pair]| -> String {
            pairs.iter().flat_map(side).map(|span| span.text).collect()
        };
        for (old, new) in [("", "新写的"), ("删去的", ""), ("甲乙丙丁", "丁丙乙甲"), ("一\n二\n三", "三\n一")]
        {
            let pairs = compare(old, new);
            assert_eq!(words(&|pair| pair.old.clone(), &pairs), old.replace('\n', ""));
            assert_eq!(words(&|pair| pair.new.clone(), &pairs), new.replace('\n', ""));
        }
    }
}
