require ["include", "variables", "fileinto"];
if string "${own}" "x" { discard; }
fileinto "${global.folder}";
