# autodrm@ctbto.int: sorts for the data request manager. RFC 5228, RFC 5229 (variables), draft-ietf-sieve-regex.
# The robot reads Requests and Responses; people look into the other folders.
require ["fileinto", "envelope", "regex"];

# Replaces recipe R1 of the old hub's procmailrc: mail that has been here already.
if header :is "X-Loop" "hub@ctbto.org" {
    discard;
    stop;
}

# Replaces recipe R2: what the spam filter has marked.
if header :is "X-Spam-Flag" "YES" {
    fileinto "Spam";
    stop;
}

# Replaces recipe R4: AutoDRM never answers a program, or itself.
if anyof (envelope :is "from" "",
          address :is :localpart "from" ["MAILER-DAEMON", "POSTMASTER", "AUTODRM"]) {
    fileinto "Notices";
    stop;
}

# Replaces recipe R5: a request is a page of text. What is larger goes by FTP, and somebody has to say so.
if size :over 1M {
    fileinto "TooLarge";
    stop;
}

# Replaces recipe R6: requests, and the word HELP alone.
if anyof (header :regex "subject" "(MSG_TYPE|(IMS|GSE)[12]\\.[0-9])[ 	]+(COMMAND_)?REQUEST",
          header :regex "subject" "^[ 	]*HELP[ 	]*$") {
    fileinto "Requests";
    stop;
}

# Replaces recipe R7: data and problem reports that answer our own requests.
if header :regex "subject" "(MSG_TYPE|(IMS|GSE)[12]\\.[0-9])[ 	]+(DATA|PROBLEM|COMMAND_RESPONSE)" {
    fileinto "Responses";
    stop;
}

# Replaces recipe R8: the rest is for a person to read.
fileinto "Other";
