"""The Internet Printing Protocol, as far as a terminal needs it: RFC 8010 (encoding), RFC 8011 (semantics), PWG 5100.9 (alerts)."""
