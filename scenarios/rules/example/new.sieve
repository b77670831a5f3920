# What replaces procmailrc beside it. RFC 5228, RFC 3894 (copy).
require ["fileinto", "copy"];

if header :matches "X-Loop" "hub@ctbto.org*" {
    discard;
    stop;
}
if header :contains "Subject" "URGENT" {
    fileinto :copy "Urgent";
}
if exists "List-Id" {
    fileinto "Lists";
}
