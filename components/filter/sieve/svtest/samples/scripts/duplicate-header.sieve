require ["duplicate", "fileinto"];
if duplicate :header "X-Event" :seconds 600 { fileinto "again"; }
