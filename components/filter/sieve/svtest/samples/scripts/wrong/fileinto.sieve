fileinto "Requests";
