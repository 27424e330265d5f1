"""What the API has to remember: which version of a feed each terminal was given, and answers that must not be worked out twice."""

from django.db import models

from city.fleet.models import Terminal


class FeedIssue(models.Model):
    """The newest version of one feed for one terminal. Its statement is signed whenever it is asked for: always the same bytes."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE)
    feed = models.CharField(max_length=40)
    version = models.BigIntegerField()
    content_digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "feed"), name="one_issue_of_a_feed_for_a_terminal"),)

    def __str__(self) -> str:
        return f"{self.feed} {self.version} for {self.terminal_id}"


class KeptReply(models.Model):
    """The answer to a question that did something: asked again, the terminal gets it again, and nothing is done twice."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE)
    question_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    statement = models.BinaryField()
    replied_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("terminal", "question_id"), name="one_reply_to_a_question"),)

    def __str__(self) -> str:
        return str(self.question_id)
