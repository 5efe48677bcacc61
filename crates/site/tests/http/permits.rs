//! The permit matrix: every route of the real table, asked by everybody who may not pass.

use crate::support::{PASSWORD, World};
use axum::http::StatusCode;
use office::{Permit, Scope};
use site::router::{Face, table};

/// A path with its variable parts filled with things that do not exist.
pub fn concrete(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "0" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// What errors of this path are written in.
pub fn expected(path: &str) -> &'static str {
    if Face::of(path) == Face::Api { "application/problem+json" } else { "text/html" }
}

/// The matrix as it was agreed: a change of the table is a change of this file.
#[test]
fn the_table_is_the_agreed_matrix() {
    let mut lines: Vec<String> = table()
        .iter()
        .map(|route| {
            let uploads = if route.rule.uploads { " uploads" } else { "" };
            let limit = route.rule.limit.map_or(String::new(), |class| format!(" {class:?}"));
            format!("{} {} {:?}{limit}{uploads}", route.method, route.path, route.rule.permit)
        })
        .collect();
    lines.sort();
    let agreed: Vec<&str> = include_str!("permits.txt").lines().collect();
    for line in &lines {
        assert!(agreed.contains(&line.as_str()), "not agreed: {line}");
    }
    assert_eq!(
        agreed.len(),
        lines.len(),
        "agreed but gone: {:?}",
        agreed.iter().filter(|line| !lines.iter().any(|new| new == **line)).collect::<Vec<_>>()
    );
}

#[test]
fn each_face_asks_for_its_own_kind_of_proof() {
    for route in table() {
        let line = format!("{} {}", route.method, route.path);
        match route.face() {
            Face::Portal => assert!(matches!(route.rule.permit, Permit::Public | Permit::Party), "{line}"),
            // The door, the page that replaces a one-time password after asking for it, and the
            // one that makes the first officer for who holds the address that `serve` printed.
            Face::Desk if [site::router::SIGN_IN, "/desk/password", site::desk::set_up::PATH].contains(&route.path) => {
                assert_eq!(route.rule.permit, Permit::Public, "{line}");
            }
            Face::Desk => assert!(matches!(route.rule.permit, Permit::Officer | Permit::Roles(_)), "{line}"),
            Face::Api if !route.method.is_safe() => {
                let agreed = [Permit::Token(Scope::MattersWrite), Permit::Signed(Scope::DocumentsWrite)];
                assert!(agreed.contains(&route.rule.permit), "{line}")
            }
            Face::Api => {
                assert!(matches!(route.rule.permit, Permit::Public | Permit::Token(_) | Permit::Signed(_)), "{line}")
            }
        }
    }
}

#[tokio::test]
async fn anonymous_requests_pass_no_closed_route() {
    let world = World::new().await;
    for route in table().into_iter().filter(|route| route.rule.permit != Permit::Public) {
        // A fresh client each time: no cookie can carry over.
        let mut anybody = world.client();
        let path = concrete(route.path);
        let answer = anybody.send(route.method.as_str(), &path, &[], "").await;
        let line = format!("{} {path}", route.method);
        match (route.rule.permit, route.method.is_safe()) {
            (Permit::Party, true) => assert_eq!(answer.header("location"), "/q", "{line}"),
            (Permit::Officer | Permit::Roles(_), true) => {
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{line}");
                assert!(answer.header("location").starts_with("/desk/sign-in?next=/desk"), "{line}");
            }
            (Permit::Token(_), _) => {
                assert_eq!(
                    (answer.status, answer.header("www-authenticate")),
                    (StatusCode::UNAUTHORIZED, "Bearer"),
                    "{line}"
                );
            }
            _ => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{line}"),
        }
    }
}

#[tokio::test]
async fn wrong_roles_and_wrong_kinds_of_proof_are_stopped() {
    let world = World::new().await;
    let mut handler = world.client();
    let signed_in =
        handler.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "{}", signed_in.text);
    let handles = [office::Role::Handler, office::Role::Clerk];
    for route in table() {
        let (path, line) = (concrete(route.path), format!("{} {}", route.method, route.path));
        let answer = handler.send(route.method.as_str(), &path, &[], "").await;
        match route.rule.permit {
            Permit::Roles(roles) if !roles.iter().any(|role| handles.contains(role)) => {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{line}");
            }
            Permit::Token(_) | Permit::Signed(_) => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{line}"),
            Permit::Party if route.method.is_safe() => assert_eq!(answer.header("location"), "/q", "{line}"),
            Permit::Party => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{line}"),
            _ => assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{line}: {}", answer.text),
        }
    }
}

#[tokio::test]
async fn no_act_is_done_without_the_token_of_a_form() {
    let world = World::new().await;
    let mut handler = world.client();
    handler.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", PASSWORD)]).await;
    for route in table().into_iter().filter(|route| !route.method.is_safe() && route.face() != Face::Api) {
        let answer = handler.post_raw(&concrete(route.path), &[("text", "x")]).await;
        let stopped = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&answer.status);
        assert!(stopped, "{} {}: {}", route.method, route.path, answer.status);
    }
}
