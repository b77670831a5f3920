require ["spamtestplus", "relational", "comparator-i;ascii-numeric", "fileinto"];
if spamtest :percent :value "gt" :comparator "i;ascii-numeric" "50" { fileinto "Spam"; }
elsif spamtest :percent :value "eq" :comparator "i;ascii-numeric" "50" { fileinto "Half"; }
