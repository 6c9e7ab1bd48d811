"""Sends each new job to its worker."""

from guahao.bootstrap.administration.jobs import job_of_image, job_requests
from guahao.runtime.batch import each_change

handler = each_change(job_of_image, lambda before, after: job_requests().follow(before, after))
