//! A page as far as its words go: where each character stands, and what is painted when.

/// Characters and painted areas compared on one page, the one times the other.
const COMPARED_MAX: usize = 40_000_000;
/// Characters and areas remembered of one page.
const MARKS_MAX: usize = 400_000;
const AREAS_MAX: usize = 20_000;

/// A transformation as PDF writes it.
pub(super) type Matrix = [f64; 6];

/// The one that changes nothing.
pub(super) const UNIT: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
pub(super) fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

fn point(m: Matrix, x: f64, y: f64) -> (f64, f64) {
    (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
}

/// How things are drawn now.
#[derive(Clone)]
pub(super) struct State {
    pub ctm: Matrix,
    pub size: f64,
    /// What is painted lets through what lies below.
    pub clear: bool,
    text: Matrix,
    line: Matrix,
    leading: f64,
    scale: f64,
    mode: i64,
    white: bool,
}

impl Default for State {
    fn default() -> State {
        State {
            ctm: UNIT,
            size: 0.0,
            clear: false,
            text: UNIT,
            line: UNIT,
            leading: 0.0,
            scale: 1.0,
            mode: 0,
            white: false,
        }
    }
}

impl State {
    /// Begins the next line.
    pub(super) fn next_line(&mut self) {
        self.go(0.0, -self.leading);
    }

    fn go(&mut self, x: f64, y: f64) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// Goes on by this many heights of the font.
    pub(super) fn skip(&mut self, heights: f64) {
        let x = heights * self.size * self.scale;
        self.text = times([1.0, 0.0, 0.0, 1.0, x, 0.0], self.text);
    }
}

struct Mark {
    c: char,
    at: (f64, f64),
    turn: usize,
    unpainted: bool,
    white: bool,
}

struct Area {
    from: (f64, f64),
    to: (f64, f64),
    turn: usize,
    white: bool,
    clear: bool,
}

impl Area {
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        self.from.0 <= x && x <= self.to.0 && self.from.1 <= y && y <= self.to.1
    }
}

/// A page being drawn.
#[derive(Default)]
pub(super) struct Canvas {
    /// Everything written, as it was written.
    pub words: String,
    /// Something was written whose characters cannot be told.
    pub unreadable: bool,
    /// It is drawn with more than what is looked through.
    pub crowded: bool,
    /// Pictures placed.
    pub pictures: usize,
    marks: Vec<Mark>,
    areas: Vec<Area>,
    /// Corners of the path that is being made, and whether it is made of nothing but rectangles.
    path: Vec<Vec<(f64, f64)>>,
    turn: usize,
    last: Option<(f64, f64)>,
}

impl Canvas {
    /// Writes words where the state stands and moves it behind them.
    pub(super) fn write(&mut self, words: &str, state: &mut State) {
        self.turn += 1;
        let whole = times(state.text, state.ctm);
        let (start, height) = (point(whole, 0.0, 0.0), (state.size * (whole[0].hypot(whole[1]))).abs());
        if let Some(last) = self.last {
            let gap = start.0 - last.0;
            if (start.1 - last.1).abs() > height * 0.5 {
                self.words.push('\n');
            } else if gap > height * 0.3 || gap < -height {
                self.words.push(' ');
            }
        }
        for c in words.chars().filter(|c| !c.is_control()) {
            let width = if c.is_ascii() { 0.5 } else { 1.0 };
            let here = times(state.text, state.ctm);
            let at = point(here, width * state.size * state.scale / 2.0, state.size * 0.3);
            if self.marks.len() < MARKS_MAX {
                let (unpainted, white) = (matches!(state.mode, 3 | 7), state.white);
                self.marks.push(Mark { c, at, turn: self.turn, unpainted, white });
            }
            self.words.push(c);
            state.skip(width);
        }
        self.last = Some(point(times(state.text, state.ctm), 0.0, 0.0));
    }

    /// Everything that is not text, font, state by name, or a placed drawing.
    pub(super) fn paint(&mut self, operator: &str, n: &[f64], state: &mut State) {
        match (operator, n) {
            ("cm", &[a, b, c, d, e, f]) => state.ctm = times([a, b, c, d, e, f], state.ctm),
            ("BT", _) => (state.text, state.line) = (UNIT, UNIT),
            ("Td", &[x, y]) => state.go(x, y),
            ("TD", &[x, y]) => {
                state.leading = -y;
                state.go(x, y);
            }
            ("Tm", &[a, b, c, d, e, f]) => {
                state.line = [a, b, c, d, e, f];
                state.text = state.line;
            }
            ("T*", _) => state.next_line(),
            ("TL", &[leading]) => state.leading = leading,
            ("Tz", &[scale]) => state.scale = scale / 100.0,
            #[expect(clippy::cast_possible_truncation, reason = "a mode is a digit")]
            ("Tr", &[mode]) => state.mode = mode as i64,
            ("g", &[gray]) => state.white = gray >= 0.98,
            ("rg", all) => state.white = all.iter().all(|part| *part >= 0.98),
            ("k", all) => state.white = all.iter().all(|part| *part <= 0.02),
            ("sc" | "scn", all) => {
                state.white = if all.len() == 4 {
                    all.iter().all(|part| *part <= 0.02)
                } else {
                    !all.is_empty() && all.iter().all(|part| *part >= 0.98)
                };
            }
            ("cs", _) => state.white = false,
            ("re", &[x, y, width, height]) => {
                let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
                self.path.push(corners.map(|(x, y)| point(state.ctm, x, y)).to_vec());
            }
            ("m", &[x, y]) => self.path.push(vec![point(state.ctm, x, y)]),
            ("l", &[x, y]) => {
                if let Some(last) = self.path.last_mut().filter(|last| last.len() < 6) {
                    last.push(point(state.ctm, x, y));
                }
            }
            // A curve is no rectangle.
            ("c" | "v" | "y", _) => drop(self.path.pop()),
            ("f" | "F" | "f*" | "B" | "B*" | "b" | "b*", _) => {
                for corners in std::mem::take(&mut self.path) {
                    self.fill(&corners, state.white, state.clear);
                }
            }
            ("n" | "S" | "s", _) => self.path.clear(),
            _ => {}
        }
    }

    /// A picture in the unit square of the state.
    pub(super) fn picture(&mut self, state: &State, masked: bool) {
        self.pictures += 1;
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| point(state.ctm, x, y));
        self.fill(&corners, false, state.clear || masked);
    }

    /// Remembers a painted rectangle; other shapes are not followed.
    fn fill(&mut self, corners: &[(f64, f64)], white: bool, clear: bool) {
        let edge = |pick: fn(f64, f64) -> f64, part: fn(&(f64, f64)) -> f64| corners.iter().map(part).reduce(pick);
        let (Some(x0), Some(y0), Some(x1), Some(y1)) =
            (edge(f64::min, |p| p.0), edge(f64::min, |p| p.1), edge(f64::max, |p| p.0), edge(f64::max, |p| p.1))
        else {
            return;
        };
        let on_edge = |(x, y): &(f64, f64)| {
            ((x - x0).abs() < 0.5 || (x - x1).abs() < 0.5) && ((y - y0).abs() < 0.5 || (y - y1).abs() < 0.5)
        };
        if corners.len() >= 4 && corners.iter().all(on_edge) && self.areas.len() < AREAS_MAX {
            self.turn += 1;
            self.areas.push(Area { from: (x0, y0), to: (x1, y1), turn: self.turn, white, clear });
        }
    }

    /// Characters that were painted over later; nothing where there is too much to compare.
    pub(super) fn covered(&self) -> Option<String> {
        if self.crowded || self.marks.len().saturating_mul(self.areas.len()) > COMPARED_MAX {
            return None;
        }
        let over = |mark: &Mark| {
            let later = self.areas.iter().filter(|area| area.turn > mark.turn && !area.clear);
            later.into_iter().any(|area| area.holds(mark.at))
        };
        Some(self.gathered(|mark| !mark.unpainted && over(mark)))
    }

    /// Characters that are not painted, or white where nothing dark was painted before.
    pub(super) fn invisible(&self) -> String {
        let dark =
            |mark: &Mark| self.areas.iter().any(|area| area.turn < mark.turn && !area.white && area.holds(mark.at));
        let few = self.marks.len().saturating_mul(self.areas.len()) <= COMPARED_MAX;
        self.gathered(|mark| mark.unpainted || (few && mark.white && !dark(mark)))
    }

    fn gathered(&self, wanted: impl Fn(&Mark) -> bool) -> String {
        let mut words = String::new();
        let mut turn = None;
        for mark in self.marks.iter().filter(|mark| wanted(mark)) {
            if turn.is_some_and(|turn| turn != mark.turn) {
                words.push(' ');
            }
            turn = Some(mark.turn);
            words.push(mark.c);
        }
        words
    }
}
