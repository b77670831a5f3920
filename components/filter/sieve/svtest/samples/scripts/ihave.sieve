require "ihave";
if not ihave "vnd.nobody.knows" {
  if ihave "fileinto" { fileinto "Guarded"; }
} else {
  nobody_knows;
}
