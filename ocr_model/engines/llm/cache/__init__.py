"""Replies that were paid for, kept on disk.

Knows requests as JSON and replies as completions; nothing of pages, pairs or HTTP.
"""

from ocr_model.engines.llm.cache.cache_file import PATH_VARIABLE, default_path
from ocr_model.engines.llm.cache.reply_cache import CachedReply, ReplyCache, key_of
