//! Drawing a procedure: the table of its steps and a diagram of its states.

use std::fmt::Write;

use serde::Serialize;

use crate::procedure::{Phase, Procedure, Role, Step};

/// One line of the step table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Name of the step.
    pub step: String,
    /// Who performs it.
    pub by: String,
    /// From which states; empty for an opening.
    pub from: String,
    /// To which state; empty when it stays.
    pub to: String,
    /// Who approves it.
    pub approve: String,
    /// Clocks that it moves.
    pub clocks: String,
    /// Article.
    pub cite: String,
}

/// The step table, in the order of the file.
pub fn table(procedure: &Procedure) -> Vec<Row> {
    let state = |id: &String| procedure.state(id).map_or(id.clone(), |state| state.label.clone());
    let roles = |roles: &[Role]| roles.iter().map(|role| role.label()).collect::<Vec<_>>().join("、");
    let row = |step: &Step| Row {
        step: step.label.clone(),
        by: roles(&step.by),
        from: step.from.iter().map(state).collect::<Vec<_>>().join("、"),
        to: step.to.as_ref().map(state).unwrap_or_default(),
        approve: roles(&step.approve),
        clocks: clocks(procedure, step),
        cite: step.cite.clone(),
    };
    procedure.steps.iter().map(row).collect()
}

/// What a step does to the clocks, in words: 起算“答复”.
pub fn clocks(procedure: &Procedure, step: &Step) -> String {
    let mut words = Vec::new();
    for clock in &procedure.clocks {
        let by = |triggers: &[crate::procedure::Trigger]| triggers.iter().any(|one| one.step() == step.id);
        let pauses = clock.pauses.iter().any(|pause| Some(&pause.child) == step.opens.as_ref());
        let verbs = [
            (by(&clock.starts), "起算"),
            (by(&clock.restarts), "重新起算"),
            (by(&clock.stops), "停止"),
            (clock.extended_by.contains(&step.id), "延长"),
            (pauses, "暂停"),
        ];
        words.extend(verbs.iter().filter(|(does, _)| *does).map(|(_, verb)| format!("{verb}“{}”", clock.label)));
    }
    words.join("，")
}

/// Width of the drawing in its own units: it is read at 375 pixels.
const WIDTH: usize = 360;
const LEFT: usize = 10;
const BOX: usize = 150;
const HIGH: usize = 40;
const LINE: usize = 22;
/// Where the names of steps begin, and the width of one of their characters.
const TEXT: usize = LEFT + 42;
const CHAR: usize = 12;
/// Distance between the lanes in which arrows run up and down.
const LANE: usize = 9;

/// A state on the drawing, with the steps that lead on from it.
struct Seat<'a> {
    id: &'a str,
    label: &'a str,
    class: &'static str,
    y: usize,
    steps: Vec<&'a Step>,
}

/// The diagram as SVG: one state under the other, each with the steps that lead on from it, and an
/// arrow from each step to its state. It has a title and a description, and classes instead of
/// colours: `start`, `state open`, `state waiting`, `state closed`, `step`, `goes`, `head`.
pub fn svg(procedure: &Procedure) -> String {
    let (seats, height) = seats(procedure);
    let mut body = String::new();
    for seat in &seats {
        let _ = write!(
            body,
            "<g class=\"{}\"><rect x=\"{LEFT}\" y=\"{}\" width=\"{BOX}\" height=\"{HIGH}\" rx=\"6\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
            seat.class,
            seat.y,
            LEFT + BOX / 2,
            seat.y + HIGH / 2 + 5,
            escape(seat.label),
        );
    }
    let targets: Vec<&Seat> = seats.iter().filter(|seat| arrivals(&seats, seat.id).next().is_some()).collect();
    for (number, target) in targets.iter().rev().enumerate() {
        arrows(&mut body, &seats, target, WIDTH - LEFT - number * LANE);
    }
    let id = escape(&format!("{}-{}", procedure.id, procedure.version));
    let title = escape(&format!("{}办理流程", procedure.label));
    let words = escape(&description(procedure));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"procedure\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{words}</desc>{body}</svg>"
    )
}

/// Where everything stands, and the height of the whole.
fn seats(procedure: &Procedure) -> (Vec<Seat<'_>>, usize) {
    let mut seats = vec![Seat { id: "", label: "开始", class: "start", y: 0, steps: onward(procedure, None) }];
    seats.extend(procedure.states.iter().map(|state| Seat {
        id: &state.id,
        label: &state.label,
        class: match state.phase {
            Phase::Open => "state open",
            Phase::Waiting => "state waiting",
            Phase::Closed => "state closed",
        },
        y: 0,
        steps: onward(procedure, Some(&state.id)),
    }));
    let mut y = LEFT;
    for seat in &mut seats {
        seat.y = y;
        y += HIGH + seat.steps.len() * LINE + 16;
    }
    (seats, y)
}

/// The steps that lead to a state, each with the lower edge of its own state and the middle of its
/// line.
fn arrivals<'a>(seats: &'a [Seat], to: &'a str) -> impl Iterator<Item = (usize, usize, &'a Step)> {
    let line = |seat: &'a Seat| {
        let edge = seat.y + HIGH;
        seat.steps.iter().enumerate().map(move |(number, step)| (edge, edge + number * LINE + LINE / 2, *step))
    };
    seats.iter().flat_map(line).filter(move |(.., step)| step.to.as_deref() == Some(to))
}

/// Draws the steps that lead to a state and their arrows, which share the lane at `x`.
fn arrows(body: &mut String, seats: &[Seat], target: &Seat, x: usize) {
    let arrive = target.y + HIGH / 2;
    let (mut top, mut bottom) = (arrive, arrive);
    for (above, y, step) in arrivals(seats, target.id) {
        let end = (TEXT + step.label.chars().count() * CHAR + 6).min(x);
        let _ = write!(
            body,
            "<path class=\"goes\" d=\"M{branch} {above}V{y}H{near}M{end} {y}H{x}\"/>\
             <text class=\"step\" x=\"{TEXT}\" y=\"{base}\">{label}</text>",
            branch = LEFT + 20,
            near = TEXT - 6,
            base = y + 4,
            label = escape(&step.label),
        );
        (top, bottom) = (top.min(y), bottom.max(y));
    }
    let edge = LEFT + BOX;
    let _ = write!(
        body,
        "<path class=\"goes\" d=\"M{x} {top}V{bottom}M{x} {arrive}H{edge}\"/>\
         <path class=\"head\" d=\"M{edge} {arrive}l8 -4v8z\"/>"
    );
}

/// The diagram in words, for those who do not see it.
fn description(procedure: &Procedure) -> String {
    let label = |id: &String| procedure.state(id).map_or(id.clone(), |state| state.label.clone());
    let sentence = |name: &str, steps: Vec<&Step>| {
        let moves = steps.iter().filter_map(|step| Some(format!("{}后进入“{}”", step.label, label(step.to.as_ref()?))));
        let moves: Vec<String> = moves.collect();
        if moves.is_empty() {
            format!("“{name}”是终点。")
        } else {
            format!("“{name}”：{}。", moves.join("；"))
        }
    };
    let mut text = sentence("开始", onward(procedure, None));
    for state in &procedure.states {
        text += &sentence(&state.label, onward(procedure, Some(&state.id)));
    }
    text
}

/// The steps that lead on from a state to another, or that open the matter.
fn onward<'a>(procedure: &'a Procedure, state: Option<&str>) -> Vec<&'a Step> {
    let here = |step: &&Step| match state {
        None => step.from.is_empty() && step.by != [Role::Importer],
        Some(state) => step.from.iter().any(|from| from == state) && step.to.as_deref() != Some(state),
    };
    procedure.steps.iter().filter(here).filter(|step| step.to.is_some()).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        id = "small"
        version = "1"
        valid_from = "2000-01-01"
        label = "小<事>"
        basis = "规定"
        state = [
          { id = "a", label = "办理中", phase = "open", party = "办理中" },
          { id = "b", label = "已办结", phase = "closed", party = "已办结" },
        ]
        [[step]]
        id = "file"
        label = "提交"
        party = "提交"
        by = ["party"]
        to = "a"
        cite = "规定"
        [[step]]
        id = "reply"
        label = "答复"
        by = ["handler"]
        from = ["a"]
        to = "b"
        cite = "规定"
    "#;

    #[test]
    fn the_diagram_speaks_without_being_seen_and_carries_no_style() {
        let svg = svg(&Procedure::parse("small.toml", SMALL).expect("a procedure"));
        assert!(svg.contains("<title id=\"small-1-t\">小&lt;事&gt;办理流程</title>"), "{svg}");
        assert!(svg.contains("“办理中”：答复后进入“已办结”。“已办结”是终点。"), "{svg}");
        assert!(svg.contains("class=\"state closed\"") && !svg.contains("style=") && !svg.contains("<script"));
    }

    #[test]
    fn the_table_says_who_does_what_from_where() {
        let rows = table(&Procedure::parse("small.toml", SMALL).expect("a procedure"));
        let reply = rows.last().expect("two rows");
        assert_eq!((reply.by.as_str(), reply.from.as_str(), reply.to.as_str()), ("承办人", "办理中", "已办结"));
    }
}
