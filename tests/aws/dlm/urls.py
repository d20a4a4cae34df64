"""Where the service is, as moto looks for it."""

from tests.aws.dlm.responses import DlmResponse

url_bases = [r"https?://dlm\.(.+)\.amazonaws\.com"]
url_paths = {
    "{0}/policies$": DlmResponse.dispatch,
    "{0}/policies/(?P<policyId>[^/]+)$": DlmResponse.dispatch,
    "{0}/tags/(?P<resourceArn>.+)$": DlmResponse.dispatch,
}
