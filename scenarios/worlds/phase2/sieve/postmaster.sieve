# postmaster@ctbto.int. RFC 5228.
require ["fileinto", "envelope"];

# Replaces recipe R2.
if header :is "X-Spam-Flag" "YES" {
    fileinto "Spam";
    stop;
}

# Notices about mail that could not be delivered (the old hub left them in the inbox; there were too many).
if envelope :is "from" "" {
    fileinto "Bounces";
}
