require "ihave";
if ihave "vnd.nobody.knows" { fileinto "x"; }
fileinto "y";
