require ["duplicate", "fileinto"];
if duplicate { fileinto "again"; }
