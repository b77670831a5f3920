# Stands in for /etc/procmailrc of mail.ctbto.org, which is kept in procmail/procmailrc: the same recipes in the same
# order, with the same effects. RFC 5228. R1 … R18 are the numbers of its recipes.
require ["fileinto", "envelope", "subaddress", "copy", "reject", "regex", "variables", "vacation"];

# R1: robots drop mail that they have sent on before.
if allof (envelope :is :user "to" ["autodrm", "products", "calibration", "labreports", "stations", "duty"],
          header :is "X-Loop" "hub@ctbto.org") {
    discard;
    stop;
}

# R2: what the spam filter has marked.
if header :is "X-Spam-Flag" "YES" {
    fileinto "Spam";
    stop;
}

# R3: the duty account takes nothing over 5 MB.
if allof (envelope :is :user "to" "duty", size :over 5M) {
    reject "The duty account takes no mail over 5 MB. Please call, or send it to the account it is for.";
    stop;
}

if envelope :is :user "to" "autodrm" {
    if anyof (envelope :is "from" "",
              address :is :localpart "from" ["MAILER-DAEMON", "POSTMASTER", "AUTODRM"]) {
        # R4: AutoDRM never answers a program, or itself.
        fileinto "Notices";
    } elsif size :over 1M {
        # R5: what is over 1 MB is for a person.
        fileinto "TooLarge";
    } elsif anyof (header :regex "subject" "(MSG_TYPE|(IMS|GSE)[12]\\.[0-9])[ \t]+(COMMAND_)?REQUEST",
                   header :regex "subject" "^[ \t]*HELP[ \t]*$") {
        # R6: requests, and the word HELP alone.
        fileinto "Requests";
    } elsif header :regex "subject" "(MSG_TYPE|(IMS|GSE)[12]\\.[0-9])[ \t]+(DATA|PROBLEM|COMMAND_RESPONSE)" {
        # R7: data and problem reports that answer our own requests.
        fileinto "Responses";
    } else {
        # R8: the rest is for a person to read.
        fileinto "Other";
    }
    stop;
}

if envelope :is :user "to" "labreports" {
    # R10: urgent reports are also put where the analyst on call looks first.
    if header :contains "subject" "URGENT" {
        fileinto :copy "Urgent";
    }
    # R9: one folder for each type of report.
    if header :regex "subject" "(SAMPLEPHD|GASBKPHD|BLANKPHD|QCPHD|CALIBPHD)" {
        set :upper "type" "${1}";
        fileinto "${type}";
    } else {
        fileinto "Other";
    }
    stop;
}

if envelope :is :user "to" "calibration" {
    # R11: results are acknowledged and filed.
    if header :contains "subject" ["CALIB_RESULT", "CALIBRATE_RESULT"] {
        vacation :days 1
                 :addresses ["calibration@ctbto.org", "calib@ctbto.org"]
                 :from "calibration@ctbto.org"
                 :subject "Calibration result received"
                 "Your calibration result has been received. This address is read by a program.";
        fileinto "Results";
    } else {
        fileinto "Other";
    }
    stop;
}

# R12: how stations are.
if envelope :is :user "to" "stations" {
    if header :contains "subject" "STA_STATUS" {
        fileinto "Status";
    } elsif header :contains "subject" "OUTAGE" {
        fileinto "Outages";
    } elsif header :contains "subject" "COMMAND_RESPONSE" {
        fileinto "Commands";
    }
    stop;
}

# R13: what came back of a bulletin, what is asked for, and bulletins of others.
if envelope :is :user "to" "products" {
    if envelope :is "from" "" {
        fileinto "Bounces";
    } elsif header :contains "subject" ["SUBSCRIPTION", "SUBSCRIBE"] {
        fileinto "Subscriptions";
    } elsif header :contains "subject" "BULLETIN" {
        fileinto "Bulletins";
    }
    stop;
}

# R14: alarms also reach the person on call.
if envelope :is :user "to" "duty" {
    if header :contains "subject" "ALARM" {
        redirect :copy "erik.falk@ctbto.org";
        fileinto "Alarms";
    }
    stop;
}

# What people have asked for.
if allof (envelope :is :user "to" "erik.falk", header :contains "subject" "ALARM") {
    fileinto "Alarms";
    stop;
}

# R16: a copy of all of Bob's mail goes to the duty account.
if envelope :is :user "to" "bob.okoye" {
    redirect :copy "duty@ctbto.org";
}

# R17: all of Chen's mail goes to the duty account, none stays.
if envelope :is :user "to" "chen.li" {
    redirect "duty@ctbto.org";
    stop;
}

# R18: Dana is away.
if envelope :is :user "to" "dana.ruiz" {
    vacation :days 7
             :addresses ["dana.ruiz@ctbto.org", "d.ruiz@ctbto.org", "ruiz@ctbto.org"]
             :subject "I am away"
             "I am away until Monday.";
}

# R15: mailing lists of people.
if allof (envelope :is :user "to" ["anna.huber", "bob.okoye", "dana.ruiz", "erik.falk"],
          exists "list-id") {
    fileinto "Lists";
    stop;
}

if allof (envelope :is :user "to" "anna.huber", header :contains "subject" "[project]") {
    fileinto "Projects";
    stop;
}
