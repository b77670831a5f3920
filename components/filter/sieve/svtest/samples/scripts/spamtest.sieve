require ["spamtest", "relational", "comparator-i;ascii-numeric", "fileinto"];
if spamtest :value "eq" :comparator "i;ascii-numeric" "0" { fileinto "Unchecked"; }
elsif spamtest :value "ge" :comparator "i;ascii-numeric" "10" { fileinto "Spam"; }
elsif spamtest :value "eq" :comparator "i;ascii-numeric" "5" { fileinto "Half"; }
