# JupyterLab as `make lab` and Binder start it: it opens the first notebook, and asks nothing of the network (news, newer
# versions, the list of extensions). labconfig/page_config.json takes away the question about news.
c = get_config()  # noqa: F821
c.LabApp.default_url = "/lab/tree/book/start-here.ipynb"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
