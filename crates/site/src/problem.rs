//! Requests that came to nothing: what is told to people (a page) and to programs (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use matter::{RefusalCode, Sentence};
use office::{Conflict, Fail};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::limits::Wait;

/// Why a request came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The request cannot be read.
    Malformed,
    /// Nobody is signed in, or the session is over.
    SignIn,
    /// Signed in, but not permitted.
    Forbidden,
    /// The form's token or origin is wrong: it may have been forged.
    Forged,
    /// No such thing for this caller.
    NotFound,
    /// The address knows no such method.
    Method,
    /// The request came too slowly.
    Slow,
    /// Somebody else acted in between.
    Conflict,
    /// The request is too large.
    TooLarge,
    /// The body is of a type not read here.
    MediaType,
    /// Something typed cannot be read.
    Invalid,
    /// The rules do not allow it.
    Refused,
    /// Too often.
    TooMany,
    /// Our failure.
    Fault,
    /// Full; nothing was accepted.
    Busy,
}

/// Every kind, in the order of its status.
pub const KINDS: [Kind; 15] = [
    Kind::Malformed,
    Kind::SignIn,
    Kind::Forbidden,
    Kind::Forged,
    Kind::NotFound,
    Kind::Method,
    Kind::Slow,
    Kind::Conflict,
    Kind::TooLarge,
    Kind::MediaType,
    Kind::Invalid,
    Kind::Refused,
    Kind::TooMany,
    Kind::Fault,
    Kind::Busy,
];

/// Status, code for programs, title, what it means, what to do.
type Entry = (u16, &'static str, &'static str, &'static str, &'static str);

impl Kind {
    const fn entry(self) -> Entry {
        match self {
            Kind::Malformed => (
                400,
                "malformed",
                "请求无法识别",
                "发来的内容不完整或格式不对，没有保存任何内容",
                "请返回上一页，刷新后重新提交",
            ),
            Kind::SignIn => (
                401,
                "sign_in",
                "请先登录",
                "还没有登录，或者登录已超过有效时间，这次操作没有执行，填写的内容仍在原来的页面上",
                "请在新窗口登录，再回到原来的页面重新提交",
            ),
            Kind::Forbidden => {
                (403, "forbidden", "没有办理权限", "您的角色不能办理此项", "如工作需要，请联系本机关管理员调整权限")
            }
            Kind::Forged => (
                403,
                "forged",
                "页面已失效，内容没有提交",
                "为防止他人冒用您的名义提交，这次提交没有通过来源校验：可能是浏览器停用了Cookie，或者页面打开时间太长",
                "请返回上一页，复制已填写的内容，刷新页面后重新提交",
            ),
            Kind::NotFound => (
                404,
                "not_found",
                "没有找到",
                "没有您要的页面或事项，也可能已经移走",
                "请核对网址或编号，或从首页重新进入",
            ),
            Kind::Method => (405, "method", "不支持这种访问方式", "这个地址不接受这样的请求", "请从首页重新进入"),
            Kind::Slow => (
                408,
                "slow",
                "提交超时",
                "网络太慢，内容没有收完，没有保存任何内容",
                "请返回上一页重新提交；附件较大时可以分次补充",
            ),
            Kind::Conflict => (
                409,
                "conflict",
                "事项已有新的办理情况",
                "在您填写期间，其他人员已对同一事项进行了办理，您的内容没有保存，也没有覆盖他人的办理",
                "请查看新的办理情况，再决定是否重新提交",
            ),
            Kind::TooLarge => (
                413,
                "too_large",
                "内容太大",
                "一次提交的内容超过了上限，没有保存任何内容",
                "请返回上一页，减少附件或压缩后重新提交",
            ),
            Kind::MediaType => (
                415,
                "media_type",
                "不支持这种内容类型",
                "发来的内容类型不能识别",
                "请改用页面上的表单提交；程序请以application/json提交",
            ),
            Kind::Invalid => (422, "invalid", "提交内容需要修改", "有的内容不能识别", "请按提示修改后重新提交"),
            Kind::Refused => (422, "refused", "此项操作不能办理", "现在不能这样办理", "请按提示处理"),
            Kind::TooMany => (
                429,
                "too_many",
                "操作过于频繁",
                "短时间内的次数超过了上限，这次没有执行，填写的内容仍在原来的页面上",
                "请稍候再试",
            ),
            Kind::Fault => (
                500,
                "fault",
                "系统出现故障",
                "这次操作没有完成，故障已经记录",
                "请稍后再试；仍不成功的，请拨打本机关电话并告知故障编号",
            ),
            Kind::Busy => {
                (503, "busy", "系统繁忙", "同时办理的人较多，这次提交没有接收，没有保存任何内容", "请稍候再试")
            }
        }
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.entry().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code for programs; stable.
    pub const fn code(self) -> &'static str {
        self.entry().1
    }

    /// The title in Chinese.
    pub const fn title(self) -> &'static str {
        self.entry().2
    }

    /// What it means and what to do, as one sentence.
    pub fn sentence(self) -> Sentence {
        Sentence::new(self.entry().3, "", self.entry().4)
    }

    /// The kind of a bare status, as the framework gives them.
    pub fn of_status(status: StatusCode) -> Kind {
        match status.as_u16() {
            401 => Kind::SignIn,
            403 => Kind::Forbidden,
            404 => Kind::NotFound,
            405 => Kind::Method,
            408 => Kind::Slow,
            409 => Kind::Conflict,
            413 => Kind::TooLarge,
            415 => Kind::MediaType,
            422 => Kind::Invalid,
            429 => Kind::TooMany,
            503 => Kind::Busy,
            400..=499 => Kind::Malformed,
            _ => Kind::Fault,
        }
    }
}

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
        let errors: Vec<Value> = self.sentences.iter().filter_map(|s| pointed(s, &self.code)).collect();
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
fn pointed(sentence: &Sentence, code: &str) -> Option<Value> {
    let field = sentence.field.as_deref()?;
    let place = field.replace('~', "~0").replace('/', "~1");
    Some(json!({ "pointer": format!("/answers/{place}"), "code": code, "message": sentence.to_string() }))
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
    fn every_kind_speaks_chinese_and_has_its_own_code() {
        let mut codes: Vec<_> = KINDS.iter().map(|kind| kind.code()).collect();
        for kind in KINDS {
            let text = format!("{}{}", kind.title(), kind.sentence());
            assert!(text.ends_with('。') && !text.contains("。。"), "{text}");
            let english = text.replace("application/json", "").replace("Cookie", "");
            assert!(!english.bytes().any(|b| b.is_ascii_alphabetic()), "{text}");
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), KINDS.len());
    }

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
