# calibration@ctbto.int: results of station operators. RFC 5228, RFC 5230 (vacation), draft-ietf-sieve-regex.
require ["fileinto", "envelope", "regex", "vacation"];

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

# Notices are kept apart; the old hub's R11 answered some of them.
if envelope :is "from" "" {
    fileinto "Notices";
    stop;
}

# Replaces recipe R11: results are filed, and acknowledged where no program and no list sent them: that is what
# FROM_DAEMON asked. Operators still write to the old address too.
if header :contains "subject" ["CALIB_RESULT", "CALIBRATE_RESULT"] {
    if not anyof (exists "mailing-list",
                  header :regex "precedence" "(junk|bulk|list)",
                  header :matches "to" "Multiple recipients of *",
                  header :regex ["from", "sender", "resent-from", "resent-sender", "x-envelope-from"] "^([^>]*[^(.%@a-z0-9])?(Post(ma?(st(e?r)?|n)|office)|(send)?Mail(er)?|daemon|m(mdf|ajordomo)|n?uucp|LIST(SERV|proc)|NETSERV|o(wner|ps)|r(e(quest|sponse)|oot)|b(ounce|bs\\.smtp)|echo|mirror|s(erv(ices?|er)|mtp(error)?|ystem)|A(dmin(istrator)?|MMGR|utoanswer))(([^).!:a-z0-9][-_a-z0-9]*)?[%@>	 ][^<)]*(\\(.*\\).*)?)?$") {
        vacation :days 1
                 :addresses ["calibration@ctbto.int", "calibration@ctbto.org"]
                 :from "calibration@ctbto.int"
                 :subject "Calibration result received"
                 "Your calibration result has been received. This address is read by a program.";
    }
    fileinto "Results";
    stop;
}
fileinto "Other";
