# labreports@ctbto.int: sample reports by type. RFC 5228, RFC 5229 (variables), RFC 3894 (copy), RFC 5490 (mailbox).
require ["fileinto", "copy", "mailbox", "regex", "variables"];

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

# Replaces recipe R10: urgent reports are also put where the analyst on call looks first.
if header :contains "subject" "URGENT" {
    fileinto :copy "Urgent";
}

# Replaces recipe R9: one folder for each type of report.
if header :regex "subject" "(SAMPLEPHD|GASBKPHD|BLANKPHD|QCPHD|CALIBPHD)" {
    set :upper "type" "${1}";
    fileinto :create "${type}";
    stop;
}
fileinto "Other";
