//! Pages that are the same for everybody are made once for many readers, and never shown after they changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use office::{Caller, Permit};
use site::router::{get, serving};

use crate::support::{Client, World};

/// A page that counts how often it is made.
async fn counted(world: &World) -> (Client, Arc<AtomicU32>) {
    let made = Arc::new(AtomicU32::new(0));
    let page = {
        let made = made.clone();
        move || async move { axum::response::Html(format!("第{}次", made.fetch_add(1, Ordering::Relaxed) + 1)) }
    };
    let own = {
        let made = made.clone();
        move |visit: site::session::Visit| async move {
            made.fetch_add(1, Ordering::Relaxed);
            axum::response::Html(visit.csrf())
        }
    };
    let routes = vec![get("/page", Permit::Public, page), get("/form", Permit::Public, own)];
    (world.client_of(serving(world.site.clone(), routes)), made)
}

#[tokio::test]
async fn a_page_is_made_once_until_something_is_written_or_a_second_has_gone() {
    let world = World::new().await;
    let (mut reader, made) = counted(&world).await;
    assert_eq!(reader.get("/page").await.text, "第1次");
    let again = reader.get("/page").await;
    assert_eq!((again.text.as_str(), made.load(Ordering::Relaxed)), ("第1次", 1));
    assert_eq!(again.header("content-security-policy"), site::security::CSP);
    let tag = again.header("etag").to_owned();
    let known = reader.send("GET", "/page", &[("if-none-match", &tag)], "").await;
    assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
    assert_eq!(reader.get("/page?x=1").await.text, "第2次", "another address is another page");
    let body = world.office().default_body();
    world.office().add_unit(&Caller::system(body), "新设科", false).await.unwrap();
    assert_eq!(reader.get("/page").await.text, "第3次", "what was written is seen at once");
    world.clock.step(999);
    assert_eq!(reader.get("/page").await.text, "第3次");
    world.clock.step(1);
    assert_eq!(reader.get("/page").await.text, "第4次", "what another process wrote is seen after a second");
}

#[tokio::test]
async fn what_is_of_one_visitor_is_kept_for_nobody() {
    let world = World::new().await;
    let (mut one, made) = counted(&world).await;
    let mine = one.get("/form").await.text;
    let mut other = one.stranger();
    assert_ne!(other.get("/form").await.text, mine);
    assert_eq!(made.load(Ordering::Relaxed), 2);
    // Who brings a cookie of his own is answered by the page itself; how it is shown is no such cookie.
    assert_eq!(one.get("/page").await.text, "第3次");
    assert_eq!(one.get("/page").await.text, "第4次");
    let mut elder = other.stranger();
    elder.cookies.insert("show".into(), "e".into());
    assert_eq!(elder.get("/page").await.text, "第5次");
    assert_eq!(elder.get("/page").await.text, "第5次");
    let mut plain = other.stranger();
    assert_eq!(plain.get("/page").await.text, "第6次", "shown otherwise");
}
