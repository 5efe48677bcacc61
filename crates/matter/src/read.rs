//! Reading what people submit into values, with a sentence at the field for what cannot stand.

use law::{Date, Moment};

use crate::element::{Element, Kind, Value};
use crate::refusal::Sentence;

/// A submitted value, read. Text is not a [`Value`] yet: the office seals it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Text in its normal form.
    Text(String),
    /// Anything else.
    Value(Value),
}

/// The time of an act as typed under [`crate::procedure::AT`]; none when nothing was typed.
///
/// # Errors
/// A sentence that says how to write it.
pub fn act_time(raw: &str) -> Result<Option<Moment>, Sentence> {
    let typed = text::normal::folded(raw.trim());
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || Sentence::new("发生时间不对", "没有这个时间", "请按年月日和时分填写，如2026-11-22 09:30");
    moment(&typed).map(Some).ok_or_else(|| wrong().at(crate::procedure::AT))
}

impl Element {
    /// Reads what was typed or chosen, and checks length, size and choice; none for a blank. Files
    /// and ids of units and officers are given as numbers parted by commas.
    ///
    /// # Errors
    /// A sentence that says what is wrong and how to write it.
    pub fn read(&self, raw: &str) -> Result<Option<Typed>, Sentence> {
        let typed = self.read_as_is(raw)?;
        typed.iter().try_for_each(|typed| self.fits(typed))?;
        Ok(typed)
    }

    /// Reads without checking length, size and choice, as for records that are imported.
    ///
    /// # Errors
    /// A sentence that says what is wrong and how to write it.
    pub fn read_as_is(&self, raw: &str) -> Result<Option<Typed>, Sentence> {
        let trimmed = raw.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if trimmed.is_empty() {
            return Ok(None);
        }
        let wrong = |why: String, next: &str| Sentence::new(format!("{}不对", self.label), why, next).at(&self.id);
        let folded = text::normal::folded(trimmed);
        let typed = match self.kind {
            Kind::Text => Typed::Text(trimmed.replace("\r\n", "\n")),
            Kind::Document | Kind::Reductions => Typed::Text(trimmed.to_owned()),
            Kind::InfoKind => Typed::Value(Value::Code(trimmed.to_owned())),
            Kind::Columns => Typed::Value(Value::Code(
                trimmed.split([' ', ',']).filter(|id| !id.is_empty()).collect::<Vec<_>>().join(" "),
            )),
            Kind::Line | Kind::Name | Kind::Address | Kind::BodyName => {
                Typed::Text(trimmed.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Kind::Phone => Typed::Text(
                text::phone::parse(trimmed).map_err(|reason| wrong(strip(&reason.to_string()), ""))?.to_string(),
            ),
            Kind::Email => Typed::Text(
                email(&folded).ok_or_else(|| wrong("电子邮箱应形如name@example.cn".into(), "请核对后重新填写"))?,
            ),
            Kind::IdNumber => Typed::Text(id_number(&folded).map_err(|why| wrong(why, ""))?),
            Kind::Code => Typed::Value(Value::Code(trimmed.to_owned())),
            Kind::Flag => Typed::Value(Value::Flag(matches!(trimmed, "1" | "true" | "on" | "yes" | "是"))),
            Kind::Date => Typed::Value(Value::Date(
                date(&folded).ok_or_else(|| wrong("没有这一天".into(), "请按年月日填写，如2026-11-22"))?,
            )),
            Kind::Moment => Typed::Value(Value::Moment(
                moment(&folded)
                    .ok_or_else(|| wrong("没有这个时间".into(), "请按年月日和时分填写，如2026-11-22 09:30"))?,
            )),
            Kind::Number => Typed::Value(Value::Number(
                folded.replace(',', "").parse().map_err(|_| wrong("应为整数".into(), "请只填写数字"))?,
            )),
            Kind::Unit | Kind::Officer | Kind::Lead => {
                Typed::Value(Value::Id(trimmed.parse().map_err(|_| wrong("没有这个选项".into(), "请重新选择"))?))
            }
            Kind::Files => {
                let ids: Result<Vec<i64>, _> = trimmed.split(',').map(|id| id.trim().parse()).collect();
                Typed::Value(Value::Files(ids.map_err(|_| wrong("附件编号不对".into(), "请重新上传"))?))
            }
        };
        Ok(Some(typed))
    }

    fn fits(&self, typed: &Typed) -> Result<(), Sentence> {
        match typed {
            Typed::Text(text) => self.length(text.chars().count()),
            Typed::Value(Value::Code(code))
                if self.kind == Kind::Code && !self.options.iter().any(|choice| choice.id == *code) =>
            {
                Err(Sentence::new(format!("{}不对", self.label), "没有这个选项", "请重新选择").at(&self.id))
            }
            Typed::Value(value) => self.measure(value),
        }
    }

    /// Checks length, size or count.
    pub(crate) fn measure(&self, value: &Value) -> Result<(), Sentence> {
        match value {
            Value::Text(mark) => self.length(usize::try_from(mark.chars).unwrap_or(usize::MAX)),
            Value::Number(number) => self.between(*number, "数", ""),
            Value::Files(files) => self.between(i64::try_from(files.len()).unwrap_or(i64::MAX), "附件", "个"),
            _ => Ok(()),
        }
    }

    fn length(&self, chars: usize) -> Result<(), Sentence> {
        self.between(i64::try_from(chars).unwrap_or(i64::MAX), "字数", "字")
    }

    fn between(&self, number: i64, what: &str, measure: &str) -> Result<(), Sentence> {
        let label = &self.label;
        let (why, next) = match (self.min, self.max) {
            (Some(min), _) if number < min => {
                (format!("{what}少于{min}{measure}，现为{number}{measure}"), "请补充后再提交")
            }
            (_, Some(max)) if number > max => {
                (format!("{what}多于{max}{measure}，现为{number}{measure}"), "请精简后再提交")
            }
            _ => return Ok(()),
        };
        Err(Sentence::new(format!("{label}不合要求"), why, next).at(&self.id))
    }
}

/// Most characters of a title made from a text.
const FIRST_WORDS: usize = 30;

/// The first words of a text: its first sentence, cut where it is long.
pub fn first_words(text: &str) -> String {
    let ends = |c: char| "。！？；!?;\n".contains(c);
    let sentence = text.split(ends).map(str::trim).find(|part| !part.is_empty()).unwrap_or_default();
    let words = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= FIRST_WORDS {
        return words;
    }
    let cut: String = words.chars().take(FIRST_WORDS - 1).collect();
    format!("{cut}…")
}

fn strip(sentence: &str) -> String {
    sentence.trim_end_matches('。').to_owned()
}

fn email(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+".contains(c);
    let dotted = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    (!name.is_empty() && dotted && name.chars().all(plain) && host.chars().all(plain)).then(|| text.to_owned())
}

/// A resident's number is checked; numbers of other papers (passports, permits) pass as they are.
fn id_number(text: &str) -> Result<String, String> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    if plain.len() == 18 && digits >= 17 {
        return text::id_number::parse(&plain).map(|id| id.number).map_err(|reason| strip(&reason.to_string()));
    }
    if (5..=20).contains(&plain.len()) { Ok(plain) } else { Err("证件号码应为5至20位字母或数字".into()) }
}

/// `2026-11-22`, `20261122`, `2026/11/22`, `2026.11.22`, `2026年11月22日`.
fn date(text: &str) -> Option<Date> {
    let groups: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let odd = |c: char| !(c.is_ascii_digit() || c.is_whitespace() || "-/.年月日号".contains(c));
    if text.contains(odd) {
        return None;
    }
    let (year, month, day) = match groups.as_slice() {
        [whole] if whole.len() == 8 => (whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A date and `09:30`, `9时30分`, `T09:30:00`.
fn moment(text: &str) -> Option<Moment> {
    if let Ok(moment) = Moment::parse(text) {
        return Some(moment);
    }
    let at =
        text.find(['T', ' ', '日']).map(|at| if text[at..].starts_with('日') { at + '日'.len_utf8() } else { at })?;
    let (day, time) = text.split_at_checked(at)?;
    let mut parts = time.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next().map_or(Some(0), |part| part.parse().ok())?);
    let second = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    (hour < 24 && minute < 60 && second < 60).then_some(())?;
    Some(Moment::of(date(day.trim())?, hour, minute, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(kind: &str, more: &str) -> Element {
        toml::from_str(&format!("id = \"it\"\nlabel = \"项目\"\nkind = \"{kind}\"\n{more}")).expect("an element")
    }

    #[test]
    fn every_usual_way_to_write_a_day_is_read() {
        let date = element("date", "");
        let same = Some(Typed::Value(Value::Date(Date::constant(2026, 11, 2))));
        for raw in ["2026-11-02", "20261102", "2026/11/2", "2026.11.2", "2026年11月2日", " ２０２６－１１－０２ "]
        {
            assert_eq!(date.read(raw), Ok(same.clone()), "{raw}");
        }
        for raw in ["2026-02-30", "26-11-02", "明天", "2026-11"] {
            let sentence = date.read(raw).expect_err(raw);
            assert_eq!(sentence.field.as_deref(), Some("it"));
        }
        assert_eq!(date.read("  "), Ok(None));
    }

    #[test]
    fn a_time_may_be_written_in_chinese() {
        let moment = element("moment", "");
        let same = Some(Typed::Value(Value::Moment(Moment::of(Date::constant(2026, 11, 2), 9, 30, 0))));
        for raw in ["2026-11-02 09:30", "2026-11-02T09:30:00", "2026年11月2日9时30分", "2026/11/2 9:30"] {
            assert_eq!(moment.read(raw), Ok(same.clone()), "{raw}");
        }
        assert!(moment.read("2026-11-02 25:00").is_err());
    }

    #[test]
    fn lengths_are_told_with_both_numbers() {
        let title = element("line", "min = 4\nmax = 50");
        let short = title.read("路灯").expect_err("too short").to_string();
        assert!(short.contains("少于4字") && short.contains("现为2字"), "{short}");
        assert_eq!(title.read("  路灯 不亮了 "), Ok(Some(Typed::Text("路灯 不亮了".into()))));
        assert!(title.read(&"字".repeat(51)).is_err());
    }

    #[test]
    fn a_wrong_check_digit_is_told_and_a_passport_passes() {
        let id = element("id_number", "");
        assert!(id.read("11010519491231002X").is_ok());
        assert!(id.read("110105194912310021").is_err());
        assert!(id.read("E12345678").is_ok());
    }

    #[test]
    fn an_address_of_mail_needs_a_host() {
        let mail = element("email", "");
        assert!(mail.read("shen@example.cn").is_ok());
        for raw in ["shen", "shen@", "@example.cn", "shen@example", "a b@example.cn"] {
            assert!(mail.read(raw).is_err(), "{raw}");
        }
    }
}
