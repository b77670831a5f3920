# Any functional account without a script of its own. RFC 5228.
require ["fileinto"];

# Replaces recipe R2 of the old hub's procmailrc: what the spam filter has marked.
if header :is "X-Spam-Flag" "YES" {
    fileinto "Spam";
    stop;
}
