require ["fileinto", "envelope", "subaddress", "variables"];
if envelope :detail :matches "to" "*" { fileinto "${1}"; }
