//! Questions made from the elements of a procedure: the rulebook says what may be given, how
//! long it may be and among what is chosen; the pages say it in friendlier words.

use crate::component::{Choice, Choices, ErrorSummary, Field, Group, Input, Text, Width};
use matter::procedure::Step;
use matter::{Element, Guard, Kind, Procedure};
use std::collections::BTreeMap;

/// What was typed so far, by element id.
pub type Answers = BTreeMap<String, String>;

/// Where an error about all of them together is shown.
const CONTACT: &str = "contact";

/// One step of a procedure, with what was answered and what was wrong with it.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The procedure.
    pub procedure: &'a Procedure,
    /// The step that the answers are for.
    pub step: &'a Step,
    /// What was typed.
    pub answers: &'a Answers,
    /// What was wrong.
    pub errors: &'a ErrorSummary,
    /// Units that can be chosen.
    pub units: &'a [Choice],
}

impl<'a> Ask<'a> {
    /// What was typed for an element.
    pub fn typed(&self, id: &str) -> &'a str {
        self.answers.get(id).map_or("", String::as_str)
    }

    /// Whether the step asks for an element; if not, no field is shown.
    pub fn takes(&self, id: &str) -> bool {
        self.step.may_give(id)
    }

    fn needs(&self, id: &str) -> bool {
        self.step.needs.iter().any(|needed| needed == id)
    }

    /// The field of an element in the page's words; none when the step does not take it.
    pub fn field(&self, id: &'static str, label: &'static str) -> Option<Field> {
        let element = self.procedure.element(id).filter(|_| self.takes(id))?;
        Some(Field { label: label.into(), ..self.plain(element) })
    }

    /// The field of any element in the rulebook's own words.
    pub fn plain(&self, element: &Element) -> Field {
        let field = Field::new(element.id.clone(), element.label.clone(), self.typed(&element.id))
            .hint(element.hint.clone().unwrap_or_default())
            .error(self.errors.at(&element.id));
        let field = Field { input: self.input(element), ..field };
        let field = Field { width: width(element.kind), autocomplete: autocomplete(element.kind), ..field };
        let most = element.max.and_then(|max| u32::try_from(max).ok());
        let field = Field { max: most.filter(|_| element.kind.is_text()), ..field };
        if self.needs(&element.id) { field } else { field.optional() }
    }

    fn input(&self, element: &Element) -> Input {
        match element.kind {
            Kind::Text => Input::Area(if element.max.is_some_and(|max| max > 2000) { 8 } else { 4 }),
            Kind::Phone => Input::Typed("tel"),
            Kind::Email => Input::Typed("email"),
            Kind::Code if self.needs(&element.id) => Input::Select(self.options(element)),
            Kind::Code => {
                let blank = Choice::new("", "请选择");
                Input::Select([vec![blank], self.options(element)].concat())
            }
            Kind::Unit => Input::Select(self.chosen(&element.id, self.units.iter().cloned())),
            Kind::Flag => Input::Select(self.chosen(&element.id, [Choice::new("1", "是"), Choice::new("0", "否")])),
            Kind::Files => Input::Files("image/*,.pdf,.doc,.docx,.xls,.xlsx,.txt"),
            _ => Input::Text,
        }
    }

    fn chosen(&self, id: &str, options: impl IntoIterator<Item = Choice>) -> Vec<Choice> {
        options.into_iter().map(|option| option.chosen_if(self.typed(id))).collect()
    }

    /// The options of a `code` element.
    pub fn options(&self, element: &Element) -> Vec<Choice> {
        let options = element.options.iter().map(|option| Choice::new(option.id.clone(), option.label.clone()));
        self.chosen(&element.id, options)
    }

    /// Radio buttons for a `code` element; the first is chosen where nothing was and it is needed.
    pub fn radios(&self, id: &'static str, legend: &'static str) -> Option<Choices> {
        let element = self.procedure.element(id).filter(|_| self.takes(id))?;
        let mut options = self.options(element);
        if self.needs(id) && self.typed(id).is_empty() {
            options.iter_mut().take(1).for_each(|first| first.checked = true);
        }
        Some(Choices::one(id, legend, options).error(self.errors.at(id)))
    }

    /// Radio buttons for the category, with what belongs to each.
    pub fn categories(&self, legend: &'static str) -> Option<Choices> {
        // A category with a door of its own is offered to those who came through it.
        let offered = |one: &&matter::procedure::Category| one.door.is_none() || one.id == self.typed("category");
        let open = self.procedure.categories.iter().filter(|category| !category.import_only).filter(offered);
        let options = open.map(|category| {
            Choice::new(category.id.clone(), category.label.clone()).note(category.hint.clone().unwrap_or_default())
        });
        let options = self.chosen("category", options);
        let many = self.takes("category") && options.len() > 1;
        many.then(|| Choices::one("category", legend, options).error(self.errors.at("category")))
    }

    /// The fields by which a person can be reached.
    pub fn contact(&self, hint: &'static str) -> Group {
        let any = self.step.guards.contains(&Guard::Reachable);
        let fields = [("phone", "手机或者固定电话"), ("email", "电子邮箱"), ("address", "通信地址")];
        let field = |(id, label)| {
            let field = self.field(id, label)?.close();
            Some(if any { Field { optional: Text::default(), ..field } } else { field })
        };
        Group {
            name: CONTACT.into(),
            legend: "怎样联系您".into(),
            hint: if any { format!("{hint}。至少留一种").into() } else { hint.into() },
            error: self.errors.at(CONTACT),
            fields: fields.into_iter().filter_map(field).collect(),
        }
    }

    /// What is wrong with the answers to these elements, at each its sentence.
    pub fn check(&self, ids: &[&'static str]) -> ErrorSummary {
        let mut errors = ErrorSummary::default();
        for id in ids.iter().copied().filter(|id| self.takes(id)) {
            let blank = self.typed(id).trim().is_empty();
            match self.procedure.element(id) {
                Some(element) => match element.read(self.typed(id)) {
                    Err(sentence) => errors.add(id, sentence.to_string()),
                    Ok(None) if self.needs(id) => errors.add(id, missing(self.procedure, id)),
                    Ok(_) => {}
                },
                None if blank && self.needs(id) => errors.add(id, missing(self.procedure, id)),
                None => {}
            }
        }
        let mut ways = self.procedure.elements.iter().filter(|element| element.contact);
        let asked = ways.clone().any(|way| ids.contains(&way.id.as_str()));
        let silent = ways.all(|way| self.typed(&way.id).trim().is_empty());
        if asked && silent && self.step.guards.contains(&Guard::Reachable) {
            errors.add(CONTACT, "请至少留一种联系方式，不然答复送不到您手里。");
        }
        errors
    }
}

fn missing(procedure: &Procedure, id: &str) -> String {
    let element = procedure.element(id).map(|element| element.kind);
    let verb = match element {
        None | Some(Kind::Code | Kind::Flag | Kind::Unit) => "选择",
        Some(Kind::Files) => "上传",
        Some(_) => "填写",
    };
    format!("请{verb}{}。", matter::label(procedure, id))
}

fn width(kind: Kind) -> Width {
    match kind {
        Kind::Text | Kind::Line => Width::Full,
        Kind::Date | Kind::Number | Kind::Flag => Width::Short,
        Kind::Name | Kind::Phone | Kind::Email | Kind::IdNumber | Kind::Moment => Width::Middle,
        _ => Width::Line,
    }
}

fn autocomplete(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "name",
        Kind::Phone => "tel",
        Kind::Email => "email",
        Kind::Address => "street-address",
        Kind::IdNumber => "off",
        _ => "",
    }
}
