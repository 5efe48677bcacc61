//! Finding a matter by number, words, name or phone.

use super::{
    frame,
    parts::{Cell, Fields, Keyset, Queue},
    shell::Shell,
    show,
};
use crate::Site;
use crate::component::Field;
use crate::form::Form;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// The search page. One box guesses what was typed; the form below it says which.
#[derive(Template)]
#[template(path = "desk/search.html")]
pub struct SearchPage {
    /// The frame.
    pub shell: Shell,
    /// The exact fields: number, words, name, phone.
    pub fields: Fields,
    /// How the words were read: 按电话查找 13800000000. Empty before a search.
    pub read_as: String,
    /// What was found.
    pub found: Queue,
    /// First and next page.
    pub pages: Keyset,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    Number(String),
    Phone(String),
    Name(String),
    Words(String),
}

/// Reads one box: figures are a number or a telephone number, two to four characters a name,
/// anything longer words of a title. The fields below the box say it themselves.
fn wanted(form: &Form) -> Wanted {
    let filled = |name: &str| Some(form.line(name)).filter(|value| !value.is_empty());
    if let Some(number) = filled("number") {
        return Wanted::Number(number);
    }
    if let Some(phone) = filled("phone") {
        return Wanted::Phone(phone);
    }
    if let Some(name) = filled("name") {
        return Wanted::Name(name);
    }
    if let Some(words) = filled("words") {
        return Wanted::Words(words);
    }
    let typed = form.line("q");
    let plain = form.code("q");
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    match typed.chars().count() {
        0 => Wanted::Nothing,
        _ if (7..=12).contains(&digits) && digits == plain.trim_start_matches('+').len() => Wanted::Phone(plain),
        _ if digits >= 4 && plain.is_ascii() => Wanted::Number(plain),
        2..=4 => Wanted::Name(typed),
        _ => Wanted::Words(typed),
    }
}

/// Searches.
///
/// # Errors
/// Busy or our failure.
pub async fn show_search(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (office, caller) = (&site.office, &visit.caller);
    let (read_as, rows) = match wanted(&form) {
        Wanted::Nothing => (String::new(), Vec::new()),
        Wanted::Number(number) => (format!("按编号“{number}”查找"), office.find_number(caller, &number).await?),
        Wanted::Phone(phone) => (format!("按电话“{phone}”查找"), office.find_person(caller, "phone", &phone).await?),
        Wanted::Name(name) => {
            let mut rows = office.find_person(caller, "name", &name).await?;
            let more = office.find_words(caller, &name).await?;
            rows.extend(more.into_iter().filter(|row| rows.iter().all(|known| known.id != row.id)).collect::<Vec<_>>());
            (format!("按姓名和标题词“{name}”查找"), rows)
        }
        Wanted::Words(words) => (format!("按标题词“{words}”查找"), office.find_words(caller, &words).await?),
    };
    let field = |name: &'static str, label: &'static str| {
        Cell::Field(3, Field::new(name, label, form.raw(name)).autocomplete("off"))
    };
    let note = format!("找到{}件", rows.len());
    frame::page(&SearchPage {
        shell: frame::shell(&site, &visit, "/desk/search").await?,
        fields: Fields {
            cells: vec![
                field("number", "编号"),
                field("words", "标题词"),
                field("name", "姓名（全名）"),
                field("phone", "电话（完整号码）"),
            ],
        },
        read_as,
        found: show::queue("检索结果", rows),
        pages: Keyset { note, ..Keyset::default() },
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check, queue},
        shell::tests::sample,
    };
    use super::*;

    fn page(read_as: &str, rows: usize) -> SearchPage {
        SearchPage {
            shell: sample("/desk/search"),
            fields: Fields {
                cells: vec![
                    Cell::Field(3, Field::new("number", "编号或者查询码", "")),
                    Cell::Field(3, Field::new("words", "标题词", HOSTILE)),
                    Cell::Field(3, Field::new("name", "姓名（全名）", "")),
                    Cell::Field(3, Field::new("phone", "电话（完整号码）", "").digits()),
                ],
            },
            read_as: read_as.into(),
            found: queue(rows),
            pages: Keyset { note: format!("找到{rows}件"), ..Keyset::default() },
        }
    }

    #[test]
    fn search_renders_before_with_and_without_hits() {
        check("search_start", &page("", 0));
        assert!(check("search", &page("按电话查找", 6)).contains("按电话查找"));
        let html = check("search_none", &page("按标题词查找", 0));
        assert!(html.contains("没有找到") && !html.contains("<script>alert"));
    }

    #[test]
    fn one_box_is_read_as_number_phone_name_or_words() {
        let read = |typed: &str| {
            let mut form = Form::default();
            form.push("q".into(), typed.into());
            wanted(&form)
        };
        assert_eq!(read(" "), Wanted::Nothing);
        assert_eq!(read("１３８ 0000 0000"), Wanted::Phone("13800000000".into()));
        assert_eq!(read("LY2026-000417"), Wanted::Number("LY2026-000417".into()));
        assert_eq!(read("申某甲"), Wanted::Name("申某甲".into()));
        assert_eq!(read("望潮路夜间施工"), Wanted::Words("望潮路夜间施工".into()));
    }
}
