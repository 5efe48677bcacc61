//! The kinds of failure, their status, their words.

use axum::http::StatusCode;
use matter::Sentence;

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
    /// What stood there was taken down.
    Gone,
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
    /// A document from an OA goes back with what it lacks.
    Returned,
    /// Too often.
    TooMany,
    /// Our failure.
    Fault,
    /// Full; nothing was accepted.
    Busy,
}

/// Every kind, in the order of its status.
pub const KINDS: [Kind; 17] = [
    Kind::Malformed,
    Kind::SignIn,
    Kind::Forbidden,
    Kind::Forged,
    Kind::NotFound,
    Kind::Method,
    Kind::Slow,
    Kind::Conflict,
    Kind::Gone,
    Kind::TooLarge,
    Kind::MediaType,
    Kind::Invalid,
    Kind::Refused,
    Kind::Returned,
    Kind::TooMany,
    Kind::Fault,
    Kind::Busy,
];

/// Status, code for programs, title, what it means, what to do.
type Entry = (u16, &'static str, &'static str, &'static str, &'static str);

impl Kind {
    #[rustfmt::skip]
    const fn entry(self) -> Entry {
        match self {
            Kind::Malformed => (400, "malformed", "请求无法识别", "发来的内容不完整或格式不对，没有保存任何内容", "请返回上一页，刷新后重新提交"),
            Kind::SignIn => (401, "sign_in", "请先登录", "还没有登录，或者登录已超过有效时间，这次操作没有执行，填写的内容仍在原来的页面上", "请在新窗口登录，再回到原来的页面重新提交"),
            Kind::Forbidden => (403, "forbidden", "没有办理权限", "您的角色不能办理此项", "如工作需要，请联系本机关管理员调整权限"),
            Kind::Forged => (403, "forged", "页面已失效，内容没有提交", "为防止他人冒用您的名义提交，这次提交没有通过来源校验：可能是浏览器停用了Cookie，或者页面打开时间太长", "请返回上一页，复制已填写的内容，刷新页面后重新提交"),
            Kind::NotFound => (404, "not_found", "没有找到", "没有您要的页面或事项，也可能已经移走", "请核对网址或编号，或从首页重新进入"),
            Kind::Gone => (410, "gone", "已经撤下", "这个网址上的信息已经撤回公开", "请从首页或者搜索查找现在的信息"),
            Kind::Method => (405, "method", "不支持这种访问方式", "这个地址不接受这样的请求", "请从首页重新进入"),
            Kind::Slow => (408, "slow", "提交超时", "网络太慢，内容没有收完，没有保存任何内容", "请返回上一页重新提交；附件较大时可以分次补充"),
            Kind::Conflict => (409, "conflict", "事项已有新的办理情况", "在您填写期间，其他人员已对同一事项进行了办理，您的内容没有保存，也没有覆盖他人的办理", "请查看新的办理情况，再决定是否重新提交"),
            Kind::TooLarge => (413, "too_large", "内容太大", "一次提交的内容超过了上限，没有保存任何内容", "请返回上一页，减少附件或压缩后重新提交"),
            Kind::MediaType => (415, "media_type", "不支持这种内容类型", "发来的内容类型不能识别", "请改用页面上的表单提交；程序请以application/json提交"),
            Kind::Invalid => (422, "invalid", "提交内容需要修改", "有的内容不能识别", "请按提示修改后重新提交"),
            Kind::Refused => (422, "refused", "此项操作不能办理", "现在不能这样办理", "请按提示处理"),
            Kind::Returned => (422, "returned", "退文", "送来的公文缺少必须写明的内容，没有登记，没有保存任何内容", "请按清单逐项补齐后重新送来"),
            Kind::TooMany => (429, "too_many", "操作过于频繁", "短时间内的次数超过了上限，这次没有执行，填写的内容仍在原来的页面上", "请稍候再试"),
            Kind::Fault => (500, "fault", "系统出现故障", "这次操作没有完成，故障已经记录", "请稍后再试；仍不成功的，请拨打本机关电话并告知故障编号"),
            Kind::Busy => (503, "busy", "系统繁忙", "同时办理的人较多，这次提交没有接收，没有保存任何内容", "请稍候再试"),
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
            410 => Kind::Gone,
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
