# stations@ctbto.int: how stations are. RFC 5228, RFC 7352 (duplicate).
require ["fileinto", "duplicate"];

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

# Replaces recipe R19: some stations report over two lines. The second copy of a report is kept apart.
if duplicate :seconds 604800 {
    fileinto "Duplicates";
    stop;
}

# Replaces recipe R12: by what the message reports.
if header :contains "subject" "STA_STATUS" {
    fileinto "Status";
    stop;
}
if header :contains "subject" "OUTAGE" {
    fileinto "Outages";
    stop;
}

# Replaces recipe R20, which gave points: two of three signs of an outage are enough.
if anyof (allof (header :contains "subject" ["DOWN", "NO DATA"], header :matches "x-priority" ["1*", "2*"]),
          allof (header :contains "subject" ["DOWN", "NO DATA"], header :contains "keywords" "DOWNTIME"),
          allof (header :matches "x-priority" ["1*", "2*"], header :contains "keywords" "DOWNTIME")) {
    fileinto "Outages";
    stop;
}

# Replaces recipes R12 and R21: answers to commands, and those that a station would not carry out.
if header :contains "subject" "COMMAND_RESPONSE" {
    if header :contains "subject" ["REJECTED", "FAILED"] {
        fileinto "Refused";
    } else {
        fileinto "Commands";
    }
}
