//! The protocol's requests, made by the one way out there is.

use std::pin::Pin;
use std::sync::Arc;

use axum::http::header::HOST;
use axum::http::{HeaderValue, Request};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};

use crate::outbound::{Address, Outbound};

/// Calls the CA.
#[derive(Clone, Debug)]
pub struct Caller(pub Arc<Outbound>);

impl HttpClient for Caller {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let outbound = Arc::clone(&self.0);
        Box::pin(async move { call(&outbound, request).await })
    }
}

async fn call(outbound: &Outbound, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
    let (mut parts, body) = request.into_parts();
    let to = Address::parse(&parts.uri.to_string())
        .map_err(|reason| Error::Other(format!("{} {reason}", parts.uri).into()))?;
    parts.uri = to.path().parse()?;
    parts.headers.insert(HOST, HeaderValue::from_str(to.authority()).map_err(|error| Error::Http(error.into()))?);
    let Ok(body) = body.collect().await;
    let answer = outbound.call(&to, Request::from_parts(parts, Full::new(body.to_bytes()))).await;
    Ok(answer.map_err(|error| Error::Other(Box::new(error)))?.map(Full::new).into())
}
