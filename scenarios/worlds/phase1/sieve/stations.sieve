# stations@ctbto.int: how stations are. RFC 5228.
require ["fileinto"];

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

# Replaces recipe R12: by what the message reports.
if header :contains "subject" "STA_STATUS" {
    fileinto "Status";
} elsif header :contains "subject" "OUTAGE" {
    fileinto "Outages";
} elsif header :contains "subject" "COMMAND_RESPONSE" {
    fileinto "Commands";
}
