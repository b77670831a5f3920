# duty@ctbto.int: whoever is on duty. RFC 5228, RFC 3894 (copy), RFC 5429 (reject).
require ["fileinto", "copy", "reject"];

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

# Replaces recipe R3: nobody reads a large attachment on the duty phone.
if size :over 5M {
    reject "The duty account takes no mail over 5 MB. Please call, or send it to the account it is for.";
    stop;
}

# Replaces recipe R14: alarms also reach the person on call, who has a personal account.
if header :contains "subject" "ALARM" {
    redirect :copy "erik.falk@ctbto.org";
    fileinto "Alarms";
}
