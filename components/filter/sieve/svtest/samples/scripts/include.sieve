require ["include", "variables", "fileinto"];
global "folder";
include :global "names";
include :once "file";
include :once "file";
