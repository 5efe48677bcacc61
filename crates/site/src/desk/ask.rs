//! From the elements a step asks for to the fields of its form, on the desk's grid.

use super::parts::{Cell, Fields};
use crate::component::{Choice, Choices, Field, Input, Text};
use crate::portal::ask::Ask;
use matter::procedure::AT;
use matter::{Element, Kind, Step};

/// A step with what was typed, and the officers that can be chosen.
pub struct Asking<'a> {
    /// Procedure, step, answers, errors, units.
    pub ask: Ask<'a>,
    /// Officers that can be chosen.
    pub officers: &'a [Choice],
    /// Elements that the chosen decision must be proved with: needed, though the step only takes them.
    pub proof: &'a [String],
}

/// Rows of a text at first; it grows with what is typed where the browser can.
const AREA_ROWS_MAX: u8 = 5;

/// Names of all that a step may be given, needed ones first.
pub fn names(step: &Step) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let chosen = (step.decisions.len() > 1).then_some("decision");
    for name in chosen.into_iter().chain(step.needs.iter().chain(&step.takes).map(String::as_str)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl Asking<'_> {
    /// These fields in the order of the procedure.
    pub fn fields(&self, names: &[&str]) -> Fields {
        Fields { cells: names.iter().map(|name| self.cell(name)).collect() }
    }

    /// All fields in the order of a paper form: the person, the kind, the matter, the files.
    pub fn on_paper(&self) -> Fields {
        let mut names = names(self.ask.step);
        names.retain(|name| *name != "channel");
        names.extend(self.ask.procedure.dated_by(self.ask.step).into_iter().filter(|name| *name == AT));
        let place = |name: &str| self.of_person().position(|id| id == name);
        names.sort_by_key(|name| (self.rank(name), place(name)));
        let mut heads = [(0, "来件人"), (1, "事项内容")].iter().peekable();
        let mut cells = Vec::new();
        for name in names {
            let mut head = None;
            while let Some((_, text)) = heads.next_if(|(rank, _)| *rank <= self.rank(name)) {
                head = Some((*text).to_owned());
            }
            cells.extend(head.map(Cell::Legend));
            cells.push(self.cell(name));
        }
        Fields { cells }
    }

    /// Elements about the person: from the first to the last of name, numbers and mail in the order of
    /// the procedure, with the address right behind.
    fn of_person(&self) -> impl Iterator<Item = &str> {
        let all = &self.ask.procedure.elements;
        let known = |element: &Element| matches!(element.kind, Kind::Name | Kind::Phone | Kind::IdNumber | Kind::Email);
        let asked = |element: &Element| known(element) && self.ask.step.may_give(&element.id);
        let first = all.iter().position(asked).unwrap_or(all.len());
        let last = all.iter().rposition(asked).map_or(first, |at| at + 1);
        let address = all.get(last).is_some_and(|element| element.kind == Kind::Address);
        all.iter().take(last + usize::from(address)).skip(first).map(|element| element.id.as_str())
    }

    fn rank(&self, name: &str) -> u8 {
        if name == AT {
            return 4;
        }
        match self.ask.procedure.element(name).map(|element| element.kind) {
            _ if self.of_person().any(|id| id == name) => 0,
            None => 1,
            Some(Kind::Files) => 3,
            Some(_) => 2,
        }
    }

    fn cell(&self, name: &str) -> Cell {
        match self.ask.procedure.element(name) {
            Some(element) => self.element(element),
            None => self.reserved(name),
        }
    }

    fn element(&self, element: &Element) -> Cell {
        let mut field = self.ask.plain(element);
        field.autocomplete = "off";
        if let Input::Area(rows) = &mut field.input {
            *rows = (*rows).min(AREA_ROWS_MAX);
        }
        if self.proof.contains(&element.id) {
            field.optional = Text::default();
        }
        let listed = match element.kind {
            Kind::Officer => Some(self.officers),
            Kind::Unit => Some(self.ask.units),
            _ => None,
        };
        if let Some(list) = listed {
            field.input = Input::Select(self.among(&element.id, "未选", list));
        }
        let span = match element.kind {
            Kind::Line | Kind::Text | Kind::BodyName | Kind::Document | Kind::Decisions => 12,
            Kind::Name | Kind::Phone | Kind::IdNumber | Kind::Email | Kind::Date | Kind::Moment | Kind::Number => 4,
            _ => 6,
        };
        match field.input {
            Input::Select(mut options) if options.len() <= 6 && matches!(element.kind, Kind::Code | Kind::Flag) => {
                options.retain(|option| !option.value.is_empty());
                let Field { name, label, hint, error, optional, .. } = field;
                Cell::Choices(12, Choices { optional, ..Choices::one(name, label, options).hint(hint).error(error) })
            }
            _ => Cell::Field(span, field),
        }
    }

    /// The matter's own fields, which steps name without declaring them.
    fn reserved(&self, name: &str) -> Cell {
        let label = matter::label(self.ask.procedure, name).to_owned();
        let error = self.ask.errors.at(name);
        let needed = self.ask.step.needs.iter().any(|need| need == name) || name == "decision";
        let optional: Text = if needed { Text::default() } else { "选填".into() };
        let select = |options| Field {
            optional: optional.clone(),
            ..Field::new(name.to_owned(), label.clone(), "").input(Input::Select(options)).error(error.clone())
        };
        let radios = |options| {
            Cell::Choices(
                12,
                Choices {
                    optional: optional.clone(),
                    ..Choices::one(name.to_owned(), label.clone(), options).error(error.clone())
                },
            )
        };
        match name {
            "category" => {
                self.ask.categories("类别").map_or_else(|| radios(Vec::new()), |choices| Cell::Choices(12, choices))
            }
            AT => Cell::Field(
                6,
                Field::new(AT, label.clone(), self.ask.typed(AT))
                    .optional()
                    .hint("不填就是现在；补记的写实际时间，如2026-11-20 15:30")
                    .error(error.clone()),
            ),
            "unit" => Cell::Field(6, select(self.among(name, "请选择", self.ask.units))),
            "handler" => Cell::Field(6, select(self.among(name, "由单位确定", self.officers))),
            "public" => {
                radios(self.chosen(name, vec![Choice::new("1", "同意公开，隐去个人信息"), Choice::new("0", "不公开")]))
            }
            "decision" => {
                let open =
                    self.ask.procedure.decisions.iter().filter(|rule| self.ask.step.decisions.contains(&rule.code));
                let options = open.map(|rule| Choice::new(rule.code.clone(), format!("{}　{}", rule.code, rule.label)));
                Cell::Field(12, select(self.chosen(name, options.collect())))
            }
            _ => Cell::Field(12, Field::new(name.to_owned(), label.clone(), self.ask.typed(name)).error(error.clone())),
        }
    }

    /// The words of a value that is chosen, not typed.
    pub fn chosen_words(&self, name: &str, value: &str) -> Option<String> {
        let choices = match self.cell(name) {
            Cell::Choices(_, choices) => choices.options,
            Cell::Field(_, Field { input: Input::Select(options), .. }) => options,
            _ => return None,
        };
        choices.into_iter().find(|choice| choice.value == value).map(|choice| choice.label.into_owned())
    }

    fn chosen(&self, name: &str, options: Vec<Choice>) -> Vec<Choice> {
        options.into_iter().map(|option| option.chosen_if(self.ask.typed(name))).collect()
    }

    fn among(&self, name: &str, none: &'static str, list: &[Choice]) -> Vec<Choice> {
        let first = Choice::new("", none);
        self.chosen(name, std::iter::once(first).chain(list.iter().cloned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::ErrorSummary;
    use askama::Template;
    use matter::Procedure;

    const RULE: &str = r#"
id = "x"
version = "1"
valid_from = "2000-01-01"
label = "样例"
basis = "样例"
category = [{ id = "a", label = "咨询" }, { id = "c", label = "投诉" }, { id = "b", label = "举报", import_only = true }]
state = [{ id = "s", label = "在办", phase = "open", party = "在办" }]
element = [
  { id = "files", label = "材料", kind = "files" },
  { id = "text", label = "内容", kind = "text", max = 500 },
  { id = "name", label = "姓名", kind = "name" },
  { id = "day", label = "来信日期", kind = "date" },
]
step = [{ id = "register", label = "登记", by = ["clerk"], to = "s", needs = ["category", "text"], takes = ["files", "name", "day", "unit"], cite = "样例" }]
"#;

    #[test]
    fn a_form_follows_the_paper_and_keeps_what_was_typed() {
        let procedure = Procedure::parse("sample.toml", RULE).expect("reads");
        let answers = [("name", "<b>"), ("text", "t"), ("unit", "7")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let mut errors = ErrorSummary::default();
        errors.add("text", "内容不合要求。");
        let units = [Choice::new("7", "区住建局")];
        let ask =
            Ask { procedure: &procedure, step: &procedure.steps[0], answers: &answers, errors: &errors, units: &units };
        let fields = Asking { ask, officers: &[], proof: &[] }.on_paper();
        let html = fields.render().expect("renders");
        let at = |name: &str| html.find(&format!("name=\"{name}\"")).unwrap_or(usize::MAX);
        assert!(at("name") < at("category") && at("category") < at("text") && at("text") < at("files"), "{html}");
        assert!(html.contains("value=\"&#60;b&#62;\""), "kept and escaped");
        assert!(html.contains("<option value=\"7\" selected>区住建局"));
        assert!(html.contains("内容不合要求") && !html.contains("举报"));
        assert_eq!(fields.errors().problems.len(), 1);
        assert!(html.contains("data-max=\"500\""));
    }
}
