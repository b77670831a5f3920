# calibration@ctbto.int: results of station operators. RFC 5228, RFC 5230 (vacation).
require ["fileinto", "envelope", "vacation"];

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

# Replaces recipe R11: results are filed and acknowledged. Operators still write to the old address too.
if header :contains "subject" ["CALIB_RESULT", "CALIBRATE_RESULT"] {
    vacation :days 1
             :addresses ["calibration@ctbto.int", "calibration@ctbto.org"]
             :from "calibration@ctbto.int"
             :subject "Calibration result received"
             "Your calibration result has been received. This address is read by a program.";
    fileinto "Results";
    stop;
}
fileinto "Other";
