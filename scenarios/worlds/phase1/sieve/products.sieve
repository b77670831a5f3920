# products@ctbto.int: subscriptions in, bulletins out. RFC 5228.
require ["fileinto", "envelope"];

# Replaces recipe R1.
if header :is "X-Loop" "hub@ctbto.org" {
    discard;
    stop;
}

# Replaces recipe R2.
if header :is "X-Spam-Flag" "YES" {
    fileinto "Spam";
    stop;
}

# Replaces recipe R13: what came back of a bulletin, what is asked for, and bulletins of others.
if envelope :is "from" "" {
    fileinto "Bounces";
} elsif header :contains "subject" ["SUBSCRIPTION", "SUBSCRIBE"] {
    fileinto "Subscriptions";
} elsif header :contains "subject" "BULLETIN" {
    fileinto "Bulletins";
}
