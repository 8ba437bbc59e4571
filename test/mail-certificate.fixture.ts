/** A certificate for localhost that nobody trusts but the tests, with its key. Made once with openssl; good for a hundred years. */
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7yWwFnG6YyazVy+F
vH9m/nogKNYLp3WlTq74U2r5qtGhRANCAARl363reCFxefkhp9nU8Hg4/vtTNtgU
ZKYDXodTAPNrfdxPA4mcUNu2YJma/zIfBugffHCiB5a9B757yq6V7Pc7
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUN0rBwEi2C1fA6A3s26Sk1LLQPPEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA3MTMzNFoYDzIxMjYxMDI5
MDcxMzM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARl363reCFxefkhp9nU8Hg4/vtTNtgUZKYDXodTAPNrfdxPA4mcUNu2
YJma/zIfBugffHCiB5a9B757yq6V7Pc7o28wbTAdBgNVHQ4EFgQUSrKr6mJWEdmP
wzcm+s2XmXvaVZEwHwYDVR0jBBgwFoAUSrKr6mJWEdmPwzcm+s2XmXvaVZEwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgMuc+oFeXediF3yb1L7A4KjDXLSBXkzHKVXhx3h2moboCIQDg
ynJn89uInOLRYB6vXPn/jJbmQU/4Wdm7/359uDnHGg==
-----END CERTIFICATE-----`,
};
