require ["duplicate", "fileinto"];
if duplicate :header "X-Event" :handle "other" :last { fileinto "again"; }
