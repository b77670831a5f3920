if address :list "from" "tag:ctbto.int,2026:known" { discard; }
