//! Requests that came to nothing: what is told to people (a page) and to programs (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use matter::{RefusalCode, Sentence};
use office::{Conflict, Fail};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::limits::Wait;

mod kind;

pub use kind::{KINDS, Kind};

/// A request that came to nothing, ready to be told.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Why.
    pub kind: Kind,
    /// What, why, article and what to do; never empty.
    pub sentences: Vec<Sentence>,
    /// More exact than the kind's code, for programs.
    pub code: String,
    /// Number under which the fault was recorded.
    pub trace: Option<String>,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
    /// What happened in between.
    pub conflict: Option<Conflict>,
}

impl Trouble {
    /// The sentence of the kind.
    pub fn new(kind: Kind) -> Trouble {
        Trouble::saying(kind, vec![kind.sentence()])
    }

    /// A kind with its own sentences; without any, the kind's.
    pub fn saying(kind: Kind, mut sentences: Vec<Sentence>) -> Trouble {
        if sentences.is_empty() {
            sentences.push(kind.sentence());
        }
        let retry_after = (kind == Kind::Busy).then_some(2);
        Trouble { kind, sentences, code: kind.code().to_owned(), trace: None, retry_after, conflict: None }
    }

    /// With the number under which the fault was recorded.
    #[must_use]
    pub fn traced(mut self, trace: String) -> Trouble {
        self.trace = Some(trace);
        self
    }

    /// RFC 9457 problem details. `instance` is the path that was asked for.
    pub fn problem(&self, instance: &str) -> Value {
        let detail: String = self.sentences.iter().map(Sentence::to_string).collect();
        let mut problem = json!({
            "type": format!("/api/v1/problems/{}", self.kind.code()),
            "title": self.kind.title(),
            "status": self.kind.status().as_u16(),
            "detail": detail,
            "instance": instance,
            "code": self.code,
        });
        let mut set = |name: &str, value: Value| {
            if let Value::Object(members) = &mut problem {
                members.insert(name.to_owned(), value);
            }
        };
        let errors: Vec<Value> = self.sentences.iter().filter_map(|s| pointed(s, self.kind, &self.code)).collect();
        if !errors.is_empty() {
            set("errors", errors.into());
        }
        if let Some(trace) = &self.trace {
            set("trace_id", trace.as_str().into());
        }
        if let Some(conflict) = &self.conflict {
            let since = conflict
                .since
                .iter()
                .map(|event| json!({ "seq": event.seq, "at": rfc3339(event.at), "label_zh": event.label }));
            set("seq", conflict.seq.into());
            set("since", since.collect());
        }
        problem
    }

    /// The answer to a program.
    pub fn to_problem(&self, instance: &str) -> Response {
        let json = header::HeaderValue::from_static("application/problem+json");
        let mut response = (self.kind.status(), Json(self.problem(instance))).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

/// A moment as RFC 3339 with the offset +08:00.
pub fn rfc3339(moment: law::Moment) -> String {
    let date = moment.date();
    format!("{date}T{:02}:{:02}:{:02}+08:00", moment.hour(), moment.minute(), moment.second())
}

/// A sentence at an element, as RFC 9457 lists them.
fn pointed(sentence: &Sentence, kind: Kind, code: &str) -> Option<Value> {
    let field = sentence.field.as_deref()?;
    let place = field.replace('~', "~0").replace('/', "~1");
    // An OA sends its own words, not answers to a step.
    let pointer = if kind == Kind::Returned { format!("/{field}") } else { format!("/answers/{place}") };
    Some(json!({ "pointer": pointer, "code": code, "message": sentence.to_string() }))
}

/// The answer carries the trouble itself: the frame around every route (`security`) renders it
/// as a page or as problem details, whichever the face speaks.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<Wait> for Trouble {
    fn from(wait: Wait) -> Trouble {
        let how_long = match wait.seconds {
            seconds @ 0..=90 => format!("{seconds}秒"),
            seconds => format!("{}分钟", seconds.div_ceil(60)),
        };
        let what = Kind::TooMany.sentence().what;
        let sentence = Sentence::new(what, "", format!("请在{how_long}后再试"));
        Trouble { retry_after: Some(wait.seconds), ..Trouble::saying(Kind::TooMany, vec![sentence]) }
    }
}

impl From<Fail> for Trouble {
    fn from(fail: Fail) -> Trouble {
        match fail {
            Fail::Invalid(errors) => Trouble::saying(Kind::Invalid, errors.into_iter().map(at_field).collect()),
            Fail::Refused(refusal) => {
                let code = serde_json::to_value(refusal.code).ok();
                let code = code.as_ref().and_then(Value::as_str).unwrap_or(Kind::Refused.code()).to_owned();
                let kind = if refusal.code == RefusalCode::NotPermitted { Kind::Forbidden } else { Kind::Refused };
                Trouble { code, ..Trouble::saying(kind, refusal.sentences) }
            }
            Fail::Conflict(conflict) => Trouble { conflict: Some(conflict), ..Trouble::new(Kind::Conflict) },
            Fail::NotFound => Trouble::new(Kind::NotFound),
            Fail::Forbidden(why) => {
                let sentence = Sentence::new(why.trim_end_matches('。'), "", "");
                Trouble::saying(Kind::Forbidden, vec![sentence])
            }
            Fail::Busy => Trouble::new(Kind::Busy),
            Fail::Fault(fault) => recorded(&fault),
        }
    }
}

/// A sentence ends with its own full stop; `Sentence` adds one.
fn at_field(error: office::FieldError) -> Sentence {
    Sentence::new(error.sentence.trim_end_matches('。'), "", "").at(&error.field)
}

/// Writes a fault to the log under a number, and tells only the number.
fn recorded(fault: &dyn std::fmt::Display) -> Trouble {
    let trace = trace_id();
    eprintln!("fault {trace}: {fault}");
    Trouble::new(Kind::Fault).traced(trace)
}

/// A number for one fault: 8 random hex digits, short enough to be told on the telephone.
pub fn trace_id() -> String {
    let mut bytes = [0_u8; 4];
    // Without randomness the number says nothing, but the answer still arrives.
    let _ = getrandom::fill(&mut bytes);
    crate::form::hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use matter::Refusal;
    use office::{FieldError, Since};

    #[test]
    fn a_refusal_keeps_its_sentences_articles_and_fields() {
        let sentence = Sentence::new("补正期限已过", "", "可以重新提出申请")
            .cite("《政府信息公开条例》第三十条")
            .at("description");
        let trouble = Trouble::from(Fail::Refused(Refusal::new(RefusalCode::TooLate, sentence)));
        let problem = trouble.problem("/api/v1/matters/x/supplement");
        assert_eq!(problem["status"], 422);
        assert_eq!(problem["code"], "too_late");
        assert_eq!(problem["type"], "/api/v1/problems/refused");
        assert_eq!(problem["errors"][0]["pointer"], "/answers/description");
        assert!(problem["detail"].as_str().unwrap().contains("第三十条"));
    }

    #[test]
    fn a_conflict_says_what_happened_since() {
        let since = vec![Since { seq: 5, at: law::Moment::from_millis(0), label: "转办".into() }];
        let problem = Trouble::from(Fail::Conflict(Conflict { seq: 5, since })).problem("/x");
        assert_eq!(problem["status"], 409);
        assert_eq!(problem["since"][0]["at"], "1970-01-01T08:00:00+08:00");
        assert_eq!(problem["seq"], 5);
    }

    #[test]
    fn wrong_fields_are_listed_with_one_full_stop() {
        let errors = vec![FieldError::new("a/b", "请填写姓名。")];
        let problem = Trouble::from(Fail::Invalid(errors)).problem("/x");
        assert_eq!(problem["errors"][0]["pointer"], "/answers/a~1b");
        assert_eq!(problem["errors"][0]["message"], "请填写姓名。");
    }

    #[test]
    fn waiting_is_told_in_the_header_and_in_words() {
        let trouble = Trouble::from(Wait { seconds: 150 });
        assert!(trouble.sentences[0].to_string().contains("3分钟"));
        let response = trouble.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::RETRY_AFTER], "150");
        assert_eq!(Trouble::from(Fail::Busy).into_response().headers()[header::RETRY_AFTER], "2");
    }
}
